/** One turn that an adapter learnt from, whole: what was sent, what was written, what was taken away, what came of it, where to see it. */
import type { ChatMessage } from "../../core/chat-model.ts";
import { AutomemError, ConfigError } from "../../core/errors.ts";
import type { DatasetItem } from "../../core/training.ts";
import { readTurns } from "../../train/candidates/read-turns.ts";
import type { TurnSummary } from "../../train/candidates/turn.ts";
import { type Removal, removalsOf } from "../../train/cleanup/removals.ts";
import { datasetExamples, datasetItem, openDataset } from "../../train/dataset/read-dataset.ts";
import { adapterNamed } from "../adapters/adapters.ts";
import type { App } from "../app.ts";
import { episodeSource } from "../train/episode-source.ts";
import { trainingSeeds } from "../train/training-seeds.ts";
import { problemOf, turnsOf } from "./check-items.ts";
import { placesOf } from "./places.ts";

export interface TurnOrigin {
  /** From 0, as in `automem dataset show`. */
  number: number;
  of: number;
  item: DatasetItem;
  /** The conversation as it stands in the dataset. */
  prompt: ChatMessage[];
  /** The reply as the model wrote it; `undefined` where the trace cannot be read or has no such turn. */
  written: string | undefined;
  /** As it stands in the dataset. */
  learnt: string;
  /** What the clean-up takes from the one to the other. */
  removals: Removal[];
  /** Recorded turn and item are the same word for word; else what is wrong. */
  problem: string | undefined;
  /** What it did and what came of it; `undefined` where the trace cannot be read. */
  summary: TurnSummary | undefined;
  /** `RUN/EPISODE`, wherever it was played. */
  places: string[];
}

/** Throws `ConfigError` (`unknown-adapter`, `no-dataset`, `no-such-item`), `StoreError` where the dataset is damaged. */
export async function turnOrigin(app: App, named: string, number: number): Promise<TurnOrigin> {
  const store = await app.store();
  const { adapter } = await adapterNamed(app, named);
  const hash = adapter.parents?.dataset;
  if (hash === undefined) {
    throw new ConfigError(`Adapter ${adapter.name.slice(0, 12)} was imported: it names no dataset, so no turns.`, {
      code: "no-dataset",
    });
  }
  const dataset = await openDataset(store, hash);
  const { item, example } = await datasetItem(store, dataset, number);
  const { train, validation, game } = dataset.record;
  const source = episodeSource(store, game);
  const seeds = await trainingSeeds(game);
  const admit = async (episode: string) => seeds.admit(episode, await store.records.get(episode, "automem.episode/1"));
  const lines = await datasetExamples(store, dataset, item.split);
  const shown = {
    number,
    of: train.items + validation.items,
    item,
    prompt: example.prompt,
    learnt: example.completion[0].content,
    places:
      (await placesOf(store, [{ record: item.episode, task: item.task, seed: item.seed }])).get(item.episode) ?? [],
  };
  try {
    const found = (await turnsOf({ source, admit }, item.episode, new Set([item.turn]))).get(item.turn);
    const { turns, table } = await readTurns(source, await admit(item.episode));
    const problem = problemOf(item, lines, found);
    const summary = turns.find(({ id }) => id === item.turn);
    if (found === undefined) return { ...shown, written: undefined, removals: [], problem, summary };
    const { phase, reply, cut, outcomes } = found.texts;
    const removals = removalsOf({ phase, text: reply, cut, outcomes }, table);
    return { ...shown, written: reply, removals, problem, summary };
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    return { ...shown, written: undefined, removals: [], problem: fault.message, summary: undefined };
  }
}
