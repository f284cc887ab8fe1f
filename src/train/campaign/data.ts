/** The data of a trial: a dataset of an earlier one, or a new one out of the collected episodes. */
import * as v from "valibot";
import { Spent } from "../../campaign/spending.ts";
import { Hash } from "../../core/hash.ts";
import { type KindCounts, turnKinds } from "../../core/training.ts";
import { TrialFailure } from "../../core/trial.ts";
import { buildDataset } from "../dataset/build-dataset.ts";
import { datasetItems, openDataset, setAsideTurns } from "../dataset/read-dataset.ts";
import type { DataPlan, DatasetSummary } from "../decider/decider.ts";
import { DurableSelector } from "./durable-selector.ts";
import { attempted, courseOfSelection } from "./faults.ts";
import { costs, secondsSince, type TrainLoop } from "./loop.ts";

export type Data = { summary: DatasetSummary } | { failure: TrialFailure };

type BuildPlan = Extract<DataPlan, { kind: "build" }>;

const Built = v.strictObject({ dataset: v.optional(Hash), failure: v.optional(TrialFailure), spent: Spent });

/** Throws what the selector throws where it could not be asked: the selection is then owed. */
export async function dataOf(loop: TrainLoop, key: string, round: number, plan: DataPlan): Promise<Data> {
  const { progress, tell } = loop;
  const data = plan.kind === "reuse" ? reused(progress.datasets, plan.dataset) : await built(loop, key, round, plan);
  if ("failure" in data) return data;
  const { hash, items, lines } = data.summary;
  tell({ kind: "dataset", key, dataset: hash, items, lines, reused: plan.kind === "reuse" });
  if (!progress.datasets.some((other) => other.hash === hash)) progress.datasets.push(data.summary);
  return data;
}

function reused(datasets: readonly DatasetSummary[], hash: Hash): Data {
  const summary = datasets.find((dataset) => dataset.hash === hash);
  if (summary !== undefined) return { summary };
  return failed("unknown-dataset", `There is no dataset ${hash} in this campaign.`);
}

async function built(loop: TrainLoop, key: string, round: number, plan: BuildPlan): Promise<Data> {
  const { log, spending, store, nameDataset } = loop;
  let added = costs({ seconds: 0 });
  const { dataset, failure, spent } = await log.once(`dataset/${key}`, Built, async () => {
    spending.require(0);
    const startMs = loop.clock.monotonicMs();
    const open = loop.selectorFor({ outcome: plan.outcome, criteria: plan.criteria });
    const durable = open.asksModel ? new DurableSelector(open, selecting(loop, key)) : undefined;
    if (durable !== undefined) added = durable.added;
    const made = await attempted({ stage: "selection", course: courseOfSelection, signal: loop.signal }, () =>
      buildDataset({
        source: loop.source,
        game: loop.record.game.name,
        episodes: loop.progress.episodes
          .filter((episode) => plan.episodes === "all" || episode.round === round)
          .map(({ episode }) => episode),
        selector: durable ?? open.selector,
        settings: plan.dataset,
        automemVersion: loop.record.automemVersion,
        signal: loop.signal,
        onProgress: ({ episodes, of, chosen }) => loop.tell({ kind: "selection-progress", key, episodes, of, chosen }),
      }),
    );
    // A selector that asks a model accounts for each answer; else it is the time of this building.
    const spent = durable === undefined ? costs({ seconds: secondsSince(loop, startMs) }) : { ...durable.added };
    if ("failure" in made) return { failure: staged(made.failure), spent };
    nameDataset(made.value);
    return { dataset: made.value, spent };
  });
  // What was added batch by batch in this process is not added again.
  spending.add({
    episodes: 0,
    tokens: spent.tokens - added.tokens,
    money: spent.money - added.money,
    seconds: spent.seconds - added.seconds,
  });
  if (dataset === undefined) return { failure: failure! };
  const opened = await openDataset(store, dataset);
  const { candidates, chosen, train } = opened.record;
  if (train.lines === 0) {
    return failed("no-items", "All items are of games that are kept for validation. Play more episodes.");
  }
  const items = noCounts();
  for (const { kind, split } of await datasetItems(store, opened)) if (split === "train") items[kind] += 1;
  const setAside = (await setAsideTurns(store, opened)).length;
  return { summary: { hash: dataset, round, candidates, chosen, items, lines: train.lines, setAside } };
}

function selecting({ log, clock, spending }: TrainLoop, key: string) {
  return { log, clock, spending, prefix: `select/${key}` };
}

function failed(code: string, reason: string): { failure: TrialFailure } {
  return { failure: { stage: "selection", code, reason } };
}

function staged(failure: TrialFailure): TrialFailure {
  return failure.code === "no-episodes" ? { ...failure, stage: "collection" } : failure;
}

function noCounts(): KindCounts {
  return Object.fromEntries(turnKinds.map((kind) => [kind, 0])) as KindCounts;
}
