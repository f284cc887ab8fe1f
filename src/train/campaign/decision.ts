/** What to try next, as the decider says: asked once, kept, and told in the order of the campaign. */
import * as v from "valibot";
import { Spent } from "../../campaign/spending.ts";
import { Json } from "../../core/json.ts";
import { Decision } from "../decider/decider.ts";
import { stopIfAsked } from "./faults.ts";
import { costs, secondsSince, type TrainLoop } from "./loop.ts";
import { episodesTold } from "./progress.ts";

/** Where the campaign is: `round` from 1, `trial` from 1 within it. */
export interface TrialPlace {
  round: number;
  trial: number;
}

/** A line of a campaign's log. Those of an automem before transcripts were kept have none. */
export const DecidedLine = v.strictObject({ decision: Decision, spent: Spent, transcript: v.optional(v.array(Json)) });

/** `key` names the trial that it plans. Throws what the decider throws: the decision is then owed. */
export async function decide(
  loop: TrainLoop,
  { round, trial }: TrialPlace,
): Promise<{ key: string; decision: Decision }> {
  const { decider, log, spending, settings, progress, clock, signal, record, tell } = loop;
  progress.decisions += 1;
  const key = `t${progress.decisions}`;
  stopIfAsked(signal);
  const { decision, spent } = await log.once(`decide/${key}`, DecidedLine, async () => {
    spending.require(0);
    const startMs = clock.monotonicMs();
    const decided = await decider.decide({
      game: record.game.name,
      round,
      trial,
      trialsLeft: settings.trials - trial + 1,
      ledger: [...progress.ledger],
      datasets: [...progress.datasets],
      episodes: episodesTold(progress.episodes, round),
      incumbentSelectMean: progress.incumbentSelectMean,
      signal,
    });
    const { transcript } = decided;
    const spent = costs({ ...decided.spent, seconds: secondsSince(loop, startMs) });
    return { decision: decided.decision, spent, ...(transcript && { transcript }) };
  });
  spending.add(spent);
  const { reason } = decision;
  if (decision.kind === "done") tell({ kind: "nothing-left", round, reason });
  else tell({ kind: "decided", key, round, plan: decision.plan, reason });
  return { key, decision };
}
