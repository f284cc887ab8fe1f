/** Datasets as commands need them: built from runs, found by name, looked at. Each has a ref `dataset/HASH`, which keeps it from being collected. */
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { ChatExample, DatasetItem, DatasetRecord } from "../../core/training.ts";
import type { Store } from "../../store/store.ts";
import { buildDataset, type SelectionProgress } from "../../train/dataset/build-dataset.ts";
import {
  datasetExamples,
  datasetItem,
  datasetItems,
  type OpenDataset,
  openDataset,
  setAsideTurns,
} from "../../train/dataset/read-dataset.ts";
import { type DatasetStats, datasetStats } from "../../train/dataset/stats.ts";
import type { App } from "../app.ts";
import type { DataSettings } from "./dataset-file.ts";
import { episodeSource, trainingEpisodes } from "./episode-source.ts";
import { keptSelection } from "./kept-selection.ts";
import { openSelectors } from "./selectors.ts";

export type { ChatExample, DatasetItem, DatasetRecord, SetAsideTurn } from "../../core/training.ts";
export type { SelectionProgress } from "../../train/dataset/build-dataset.ts";
export type { OpenDataset } from "../../train/dataset/read-dataset.ts";
export type { DatasetStats, KindRow, Lengths } from "../../train/dataset/stats.ts";

/** Refs of datasets begin so. */
export const datasetRefs = "dataset/";

export interface BuiltDataset extends OpenDataset {
  unfinished: number;
  /** By a selector that asks a model, answers kept from a build that was stopped among them. */
  spent: { tokens: number; money: number };
}

export interface BuildOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: SelectionProgress) => void) | undefined;
  /** What a model or a program that selects is doing. */
  onLine?: ((line: string) => void) | undefined;
}

/**
 * Answers of a selector that asks somebody are kept until the dataset is built, so that a build that was stopped asks no question twice.
 * Throws as `trainingEpisodes`, `openSelectors` and `buildDataset` do.
 */
export async function buildFromRuns(
  app: App,
  runs: readonly string[],
  settings: DataSettings,
  { signal, onProgress, onLine }: BuildOptions = {},
): Promise<BuiltDataset> {
  const store = await app.store();
  const { game, episodes, unfinished } = await trainingEpisodes(app, runs);
  const { outcome, dataset, ...asked } = settings;
  const selectors = await openSelectors(app, { ...asked, data: { outcome } }, onLine);
  try {
    const open = selectors.selectorFor({ outcome, criteria: undefined });
    const kept = open.asksModel ? keptSelection(app, open, episodes) : undefined;
    const hash = await buildDataset({
      source: episodeSource(store, game),
      game,
      episodes,
      selector: kept?.selector ?? open.selector,
      settings: dataset,
      automemVersion: app.version,
      signal,
      onProgress,
    });
    nameDataset(store, hash);
    await kept?.forget();
    return { ...(await openDataset(store, hash)), unfinished, spent: kept?.selector.added ?? open.spent() };
  } finally {
    await selectors.close();
  }
}

/** Sets the dataset's ref. Doing it twice is harmless. */
export function nameDataset(store: Store, hash: Hash): void {
  if (store.refs.get(datasetRefs + hash) === undefined) store.refs.move(datasetRefs + hash, undefined, hash);
}

/** In order of hash. Throws `StoreError` for one that cannot be read. */
export async function listDatasets(app: App): Promise<OpenDataset[]> {
  const store = await app.store();
  const datasets: OpenDataset[] = [];
  for (const hash of await datasetHashes(store)) datasets.push(await openDataset(store, hash));
  return datasets;
}

/** A dataset by its hash or the first four or more digits of it. Throws `ConfigError` (`unknown-dataset`, `ambiguous-dataset`). */
export async function findDataset(app: App, named: string): Promise<OpenDataset> {
  const store = await app.store();
  const all = await datasetHashes(store);
  const found = /^[0-9a-f]{4,64}$/.test(named) ? all.filter((hash) => hash.startsWith(named)) : [];
  const [only, other] = found;
  if (only === undefined) {
    throw new ConfigError(
      `There is no dataset "${named}". Name one by four or more digits of its hash; automem dataset list shows them.`,
      { code: "unknown-dataset" },
    );
  }
  if (other === undefined) return openDataset(store, only);
  throw new ConfigError(`"${named}" is the beginning of ${found.length} datasets: ${found.slice(0, 4).join(", ")}.`, {
    code: "ambiguous-dataset",
  });
}

export interface DatasetView {
  hash: Hash;
  record: DatasetRecord;
  /** What the selector looked for. */
  criteria: string;
  items: DatasetItem[];
}

export async function datasetView(app: App, dataset: OpenDataset): Promise<DatasetView> {
  const store = await app.store();
  const criteria = await store.blobs.getText(dataset.record.criteria);
  return { ...dataset, criteria, items: await datasetItems(store, dataset) };
}

/** `index` counts from 0. Throws `ConfigError` `no-such-item`. */
export async function itemView(
  app: App,
  dataset: OpenDataset,
  index: number,
): Promise<{ item: DatasetItem; example: ChatExample }> {
  return datasetItem(await app.store(), dataset, index);
}

export async function statsOf(app: App, dataset: OpenDataset): Promise<DatasetStats> {
  const store = await app.store();
  return datasetStats({
    record: dataset.record,
    items: await datasetItems(store, dataset),
    setAside: await setAsideTurns(store, dataset),
    examples: [
      ...(await datasetExamples(store, dataset, "train")),
      ...(await datasetExamples(store, dataset, "validation")),
    ],
  });
}

export async function setAsideOf(app: App, dataset: OpenDataset) {
  return setAsideTurns(await app.store(), dataset);
}

async function datasetHashes(store: Store): Promise<Hash[]> {
  const names = (await store.refs.names()).filter((name) => name.startsWith(datasetRefs));
  return names.flatMap((name) => store.refs.get(name) ?? []);
}
