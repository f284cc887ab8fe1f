/** Holds trained adapters against what has to be beaten: each on the select seeds, and the best of a trial on the confirm seeds. */
import type { Player } from "../../campaign/arena.ts";
import {
  type Contest,
  confirmOnFresh,
  type Evaluated,
  keepBoth,
  outcomeOfGate,
  type Screened,
  screenOnSelect,
} from "../../campaign/contest.ts";
import type { GateVerdict } from "../../campaign/gate/gate.ts";
import type { Hash } from "../../core/hash.ts";
import { plainJson } from "../../core/json.ts";
import { TrialFailure, type TrialRecord, type TrialTest } from "../../core/trial.ts";
import { attempted, courseOfServing } from "./faults.ts";
import type { TrainLoop } from "./loop.ts";

/** A test of a trial's best adapter, over one or two opponents. */
export interface Judged {
  outcome: Extract<TrialRecord["outcome"], "accepted" | "rejected-on-confirm" | "stopped">;
  /** With figures, for people. */
  why: string;
  /** Without any of the confirm seeds. */
  toldToDecider: string;
  tests: TrialTest[];
}

/**
 * A configuration against the incumbent on the select seeds. It fails where its adapter cannot be served after all, or no episode of it was
 * finished. Throws what halts the campaign.
 */
export async function screenConfiguration(
  loop: TrainLoop,
  key: string,
  adapter: Hash,
): Promise<{ screened: Screened } | { failure: TrialFailure }> {
  const { log, signal } = loop;
  const name = `select/${key}/failure`;
  if (log.has(name)) return { failure: await log.once(name, TrialFailure, notAgain) };
  // The incumbent has played these seeds already, so it is the candidate whose adapter may be refused.
  const outcome = await attempted({ stage: "serving", course: courseOfServing, signal }, () =>
    screenOnSelect(loop, contestOf(loop, key, adapter, { player: incumbentOf(loop), take: 0 })),
  );
  if ("failure" in outcome) return { failure: await log.once(name, TrialFailure, async () => outcome.failure) };
  const screened = outcome.value;
  if (screened.played.candidate.some(({ record }) => record !== undefined)) return { screened };
  const reason = "None of its episodes on the select seeds was finished.";
  return { failure: { stage: "evaluation", code: "no-episodes", reason } };
}

/**
 * The best configuration of a trial on the confirm seeds, against the incumbent, and where that is a specialist against the base alone too.
 *
 * Both tests have the same level and count as one look: what is claimed is that the adapter is better than both, so the hypothesis to be
 * rejected is that it is no better than one of them. If it is no better than the incumbent, the first test accepts with at most its level, and
 * so do both together; likewise for the base and the second. Whichever holds, the chance of a false accept is at most one level, though two
 * tests are made (intersection-union test: Berger, Technometrics 24, 1982). The second is played only if the first accepts.
 *
 * What the decider is told is the same whichever of the two did not accept: else the trials that follow would be no fixed list as far as the
 * confirm scores go (docs/gate.md).
 */
export async function confirmConfiguration(loop: TrainLoop, key: string, adapter: Hash): Promise<Judged> {
  const { progress, store, tell, players } = loop;
  const { incumbent, soFar } = progress;
  const base: Opponent = { against: "base", player: players.player(undefined), take: 0, evaluated: whoPlays(loop) };
  const specialist = incumbent.adapter && {
    against: "incumbent" as const,
    player: incumbentOf(loop),
    take: incumbent.acceptedHere ? 1 : 0,
    evaluated: whoPlays(loop, incumbent.adapter.name),
  };
  const opponents: Opponent[] = specialist === undefined ? [base] : [specialist, base];
  const tests: TrialTest[] = [];
  const reasons: string[] = [];
  let verdict: GateVerdict | undefined;
  for (const opponent of opponents) {
    const confirmed = await confirmOnFresh(loop, contestOf(loop, key, adapter, opponent), soFar);
    verdict = confirmed.verdict;
    const { against } = opponent;
    const evaluated = { candidate: whoPlays(loop, adapter), incumbent: opponent.evaluated };
    const kept = await keepBoth(store, evaluated, "confirm", confirmed.played);
    tests.push({ against, candidate: kept.candidate, opponent: kept.incumbent, gate: plainJson(verdict) });
    reasons.push(opponents.length === 1 ? verdict.reason : `Against the ${against}: ${verdict.reason}`);
    tell({ kind: "test", key, against, verdict });
    if (verdict.decision !== "accept") break;
  }
  if (verdict === undefined) throw new Error("An adapter always has an opponent.");
  const outcome = outcomeOfGate[verdict.decision];
  soFar.looksBefore += 1;
  if (outcome === "accepted") soFar.acceptedBefore += 1;
  else soFar.errorSpent += verdict.level;
  return { outcome, why: reasons.join(" "), toldToDecider: verdict.toldToReviewers, tests };
}

/** For its evaluation's record. */
export function whoPlays({ record }: Pick<TrainLoop, "record">, adapter?: Hash): Evaluated {
  return adapter === undefined ? { scaffold: record.scaffold } : { scaffold: record.scaffold, adapter };
}

export function incumbentOf({ players, progress }: Pick<TrainLoop, "players" | "progress">): Player {
  return players.player(progress.incumbent.adapter?.name);
}

interface Opponent {
  against: TrialTest["against"];
  player: Player;
  /** As `Contest.incumbentTake`. */
  take: number;
  evaluated: Evaluated;
}

function contestOf(
  { players }: TrainLoop,
  key: string,
  adapter: Hash,
  { player, take }: Pick<Opponent, "player" | "take">,
): Contest {
  return { key, candidate: players.player(adapter), incumbent: player, incumbentTake: take };
}

async function notAgain(): Promise<never> {
  throw new Error("What the log has is not made again.");
}
