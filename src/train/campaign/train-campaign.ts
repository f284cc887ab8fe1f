/**
 * Loop 2 of arXiv 2607.01224: rounds of collecting, deciding, choosing data, training, serving and testing, until the trials are done, the
 * decider has nothing left, or it is futile to go on. The campaign runs from its start each time; what its log keeps is not done again, so
 * `resume` is the same call.
 *
 * Names in the log: `play/...` (src/campaign/arena.ts); of a trial `decide/t1`, `select/t1/criteria` and `select/t1/batch/1` (a selector that asks
 * a model), `dataset/t1`, `trial/t1`; of a configuration `training/t1.1`, `adapter/t1.1`, `serving/t1.1`, and `select/t1.1/failure` where its
 * adapter was refused in play; `report/opened`, `end`.
 */
import * as v from "valibot";
import { Arena } from "../../campaign/arena.ts";
import { pairsOf } from "../../campaign/contest.ts";
import { createGate } from "../../campaign/gate/gate.ts";
import type { Spent } from "../../campaign/spending.ts";
import { Hash } from "../../core/hash.ts";
import type { TrainEndRecord } from "../../core/trial.ts";
import { wholeMean } from "../../metrics/whole-mean.ts";
import type { RunEvent } from "../../run/events.ts";
import { findAdapter } from "../../store/adapters.ts";
import { checkTrainSeeds, collect } from "./collection.ts";
import { decide } from "./decision.ts";
import { faultOfStop } from "./faults.ts";
import { incumbentOf } from "./judging.ts";
import type { TrainLoop } from "./loop.ts";
import type { TrainParts } from "./parts.ts";
import { Players } from "./players.ts";
import { type Incumbent, isFutile, progressFrom } from "./progress.ts";
import { reportOf } from "./report.ts";
import { runTrial } from "./trial.ts";

export interface TrainOutcome {
  campaignId: string;
  end: TrainEndRecord;
  spent: Spent;
}

/**
 * Throws `CampaignStopped` and `CampaignBudgetSpent` with everything kept, `ConfigError` `too-few-seeds` and `unknown-adapter`, and what decider,
 * selector, trainer, models, games and store throw where no trial is to blame.
 */
export async function runTrainCampaign(parts: TrainParts): Promise<TrainOutcome> {
  checkTrainSeeds(parts.settings, parts.plan);
  const loop: TrainLoop = {
    ...parts,
    arena: new Arena(parts),
    gate: createGate(parts.settings.gate),
    players: new Players(parts.stage),
    progress: progressFrom(await firstIncumbent(parts)),
  };
  try {
    const end = await work(loop);
    return { campaignId: parts.campaignId, end, spent: parts.spending.total() };
  } catch (fault) {
    throw parts.signal.aborted ? faultOfStop(fault) : fault;
  }
}

async function work(loop: TrainLoop): Promise<TrainEndRecord> {
  const { log, store, progress, recordHash, players, tell } = loop;
  const reason = await playRounds(loop);
  await players.keepOnly([progress.incumbent.adapter?.name]);
  const report = await reportOf(loop);
  const { adapter } = progress.incumbent;
  const { record } = await log.once("end", v.strictObject({ record: Hash }), async () => ({
    record: await store.records.put<"automem.train-end/1">({
      schema: "automem.train-end/1",
      campaign: recordHash,
      trials: progress.trials,
      ...(adapter && { adapter: adapter.record, adapterName: adapter.name }),
      reason,
      ...(report && { report }),
    }),
  }));
  tell({ kind: "campaign-end", end: record, reason });
  return store.records.get(record, "automem.train-end/1");
}

async function playRounds(loop: TrainLoop): Promise<TrainEndRecord["reason"]> {
  const { rounds } = loop.settings;
  let reason: TrainEndRecord["reason"] = "all-trials-done";
  for (let round = 1; round <= rounds; round++) {
    loop.tell({ kind: "round-start", round, rounds });
    await collect(loop, round);
    await baseline(loop);
    reason = await playTrials(loop, round);
    if (reason === "futile") return reason;
  }
  return reason;
}

async function playTrials(loop: TrainLoop, round: number): Promise<TrainEndRecord["reason"]> {
  const { trials, patience } = loop.settings;
  for (let trial = 1; trial <= trials; trial++) {
    const { key, decision } = await decide(loop, { round, trial });
    if (decision.kind === "done") return "decider-done";
    await runTrial(loop, { key, round, decision });
    if (isFutile(loop.progress.lookedBetter, patience)) return "futile";
  }
  return "all-trials-done";
}

/** What has to be beaten, on the select seeds. */
async function baseline(loop: TrainLoop): Promise<void> {
  const { arena, plan, progress, tell } = loop;
  tell({ kind: "phase-start", phase: "baseline", key: "" });
  const onEvent = (event: RunEvent) => tell({ kind: "play", phase: "baseline", key: "", event });
  const episodes = await arena.play(incumbentOf(loop), "select", plan.select, onEvent);
  progress.incumbentSelectMean = wholeMean(pairsOf(episodes, episodes).map((pair) => pair.candidate));
}

async function firstIncumbent({ record, store }: TrainParts): Promise<Incumbent> {
  if (record.specialist === undefined) return { adapter: undefined, acceptedHere: false };
  const found = await findAdapter(store, record.specialist);
  return { adapter: { record: found.record, name: found.adapter.name }, acceptedHere: false };
}
