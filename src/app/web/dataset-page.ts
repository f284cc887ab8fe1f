/** A dataset as a page browses it: its items and what was set aside, filtered, a part at a time, each with the step that it is from. */
import type { Hash } from "../../core/hash.ts";
import type { DatasetItem, DatasetRecord, SetAsideTurn } from "../../core/training.ts";
import type { Store } from "../../store/store.ts";
import { datasetExamples } from "../../train/dataset/read-dataset.ts";
import type { App } from "../app.ts";
import {
  type DatasetStats,
  datasetView,
  findDataset,
  type OpenDataset,
  setAsideOf,
  statsOf,
} from "../train/datasets.ts";
import { type DatasetTurn, type DatasetTurns, filteredTurns, type TurnFilter } from "./dataset-turns.ts";

/** An episode that turns were taken from. */
export interface DatasetEpisode {
  record: Hash;
  task: string;
  seed: number;
  items: number;
  setAside: number;
  /** `RUN/EPISODE`; absent where no run of this store has it any more. */
  place: string | undefined;
}

export interface DatasetPage {
  hash: Hash;
  record: DatasetRecord;
  criteria: string;
  stats: DatasetStats;
  episodes: DatasetEpisode[];
}

/** What is parsed of a dataset; it never changes. */
interface Read {
  hash: Hash;
  record: DatasetRecord;
  criteria: string;
  items: DatasetItem[];
  /** What each item is to say: its beginning. */
  says: string[];
  setAside: SetAsideTurn[];
  stats: DatasetStats;
  /** By the hash of the episode's record. */
  episodes: Map<string, { task: string; seed: number }>;
}

/** Keeps what it read last, so that paging through a large dataset reads it once. */
export class DatasetPages {
  readonly #app: App;
  #last: Read | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  /** Throws `ConfigError`: `unknown-dataset`, `ambiguous-dataset`. */
  async page(named: string): Promise<DatasetPage> {
    const { hash, record, criteria, stats, items, setAside, episodes } = await this.#read(named);
    const places = await this.#places(record);
    const ofItems = countsBy(items, ({ episode }) => episode);
    const ofOthers = countsBy(setAside, episodeOf);
    return {
      hash,
      record,
      criteria,
      stats,
      episodes: record.episodes.map((episode) => ({
        record: episode,
        ...(episodes.get(episode) ?? { task: "", seed: 0 }),
        items: ofItems.get(episode) ?? 0,
        setAside: ofOthers.get(episode) ?? 0,
        place: places.get(episode)?.[0],
      })),
    };
  }

  /** In the order of the dataset. Throws as `page`. */
  async turns(named: string, filter: TurnFilter): Promise<DatasetTurns> {
    const read = await this.#read(named);
    const places = await this.#places(read.record);
    const all = filter.show === "items" ? itemTurns(read, places) : setAsideTurns(read, places);
    return filteredTurns(all, filter);
  }

  #places(record: DatasetRecord): Promise<Map<string, string[]>> {
    return this.#app.store().then(({ catalogue }) => catalogue.placesOf(new Set(record.episodes)));
  }

  async #read(named: string): Promise<Read> {
    const dataset = await findDataset(this.#app, named);
    if (this.#last?.hash === dataset.hash) return this.#last;
    const { hash, record, criteria, items } = await datasetView(this.#app, dataset);
    const store = await this.#app.store();
    const episodes = new Map<string, { task: string; seed: number }>();
    for (const episode of record.episodes) {
      const { task, seed } = await store.records.get(episode, "automem.episode/1");
      episodes.set(episode, { task, seed });
    }
    const setAside = await setAsideOf(this.#app, dataset);
    const stats = await statsOf(this.#app, dataset);
    const says = await saysOf(store, dataset, items);
    this.#last = { hash, record, criteria, items, says, setAside, episodes, stats };
    return this.#last;
  }
}

/** Characters of what an item says that a list shows. */
const shownCharacters = 160;

async function saysOf(store: Store, dataset: OpenDataset, items: readonly DatasetItem[]): Promise<string[]> {
  const examples = {
    train: await datasetExamples(store, dataset, "train"),
    validation: await datasetExamples(store, dataset, "validation"),
  };
  return items.map(({ split, firstLine }) => {
    const text = examples[split][firstLine]?.completion[0].content.trim().replaceAll(/\s*\n\s*/g, " ⏎ ") ?? "";
    return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
  });
}

function itemTurns({ items, says }: Read, places: ReadonlyMap<string, string[]>): DatasetTurn[] {
  return items.map((item, index) => {
    const { kind, rule, reason, task, seed, stepIndex, phase, value, split, times, episode } = item;
    const place = places.get(episode)?.[0];
    const from = { task, seed, stepIndex, phase, place, episode };
    return { item: index, kind, rule, reason, ...from, value, split, says: says[index], times };
  });
}

function setAsideTurns({ setAside, episodes }: Read, places: ReadonlyMap<string, string[]>): DatasetTurn[] {
  return setAside.map((turn) => {
    const [episode = "", step = "", phase = ""] = turn.turn.split(":");
    return {
      item: undefined,
      kind: turn.kind,
      rule: turn.rule,
      reason: turn.detail,
      ...(episodes.get(episode) ?? { task: "", seed: 0 }),
      stepIndex: Number(step),
      phase,
      value: undefined,
      split: undefined,
      says: undefined,
      times: undefined,
      place: places.get(episode)?.[0],
      episode,
    };
  });
}

function episodeOf({ turn }: SetAsideTurn): string {
  return turn.split(":")[0]!;
}

function countsBy<Thing>(things: readonly Thing[], keyOf: (thing: Thing) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(keyOf(thing), (counts.get(keyOf(thing)) ?? 0) + 1);
  return counts;
}
