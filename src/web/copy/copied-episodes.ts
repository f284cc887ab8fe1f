/** The episodes of a copy: read from its files, answered by the functions that the server has. Runs in the browser. */
import * as v from "valibot";
import { ColumnPack, copiedTimeline } from "../../app/copy/copied-timeline.ts";
import { CopiedTrace, copiedReader, readCopiedSegment } from "../../app/copy/copied-trace.ts";
import { lineHistory } from "../../app/episode/line-history.ts";
import { searchEpisode } from "../../app/episode/search.ts";
import { stepAnswer } from "../../app/episode/step-answer.ts";
import type { EpisodeReader } from "../../app/inspect.ts";
import { firstDifferences } from "../../app/side/first-differences.ts";
import { sideMemory } from "../../app/side/side-memory.ts";
import type { TimelineWindow } from "../../app/timeline/window.ts";
import { LineQuery, SearchQuery, Step, searchPatienceMs, TimelineQuery } from "../api/episode-queries.ts";
import { DifferencesQuery, differencesPatienceMs, SideMemoryQuery } from "../api/side-queries.ts";
import { episodeFiles } from "./names.ts";

/** What a data file holds, by its name. Throws `ConfigError` `not-in-copy`. */
export type ReadData = (name: string) => Promise<unknown>;
export type Query = Readonly<Record<string, string>>;

type Loading = ReturnType<EpisodeReader["source"]["load"]>;

/** Decoded segments of 256 steps each. */
const mostSegments = 12;

const clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

export class CopiedEpisodes {
  readonly #read: ReadData;
  /** By name of the file, in order of use. */
  readonly #segments = new Map<string, Loading>();

  constructor(read: ReadData) {
    this.#read = read;
  }

  async trace(run: string, key: string): Promise<CopiedTrace> {
    return v.parse(CopiedTrace, await this.#read(episodeFiles(run, key).trace));
  }

  async timeline(run: string, key: string, query: Query): Promise<unknown> {
    const { from, to, points, every } = v.parse(TimelineQuery, query);
    const files = episodeFiles(run, key);
    return copiedTimeline(
      await this.trace(run, key),
      { fromStep: from, toStep: to, points, stepsPerPoint: every },
      {
        pack: async (pack) => v.parse(ColumnPack, await this.#read(files.pack(pack))).columns,
        level: async (level) => (await this.#read(files.level(level))) as TimelineWindow,
      },
    );
  }

  async step(run: string, key: string, text: string): Promise<unknown> {
    const { step } = v.parse(Step, { run, episode: key, step: text });
    return stepAnswer(await this.#reader(run, key), step);
  }

  async search(run: string, key: string, query: Query): Promise<unknown> {
    const { words, from } = v.parse(SearchQuery, query);
    return searchEpisode(await this.#reader(run, key), clock, { words, most: 200, from, patienceMs: searchPatienceMs });
  }

  async history(run: string, key: string, query: Query): Promise<unknown> {
    const { file, line, from } = v.parse(LineQuery, query);
    return lineHistory(await this.#reader(run, key), clock, { file, line, from, patienceMs: searchPatienceMs });
  }

  async differences(query: Query): Promise<unknown> {
    const { from, wanted, left, right } = v.parse(DifferencesQuery, query);
    const plan = { from, wanted, patienceMs: differencesPatienceMs };
    return firstDifferences(await this.#named(left), await this.#named(right), clock, plan);
  }

  async sideMemory(query: Query): Promise<unknown> {
    const { step, left, right } = v.parse(SideMemoryQuery, query);
    return { memory: await sideMemory(await this.#named(left), await this.#named(right), step) };
  }

  #named(named: string): Promise<EpisodeReader> {
    const [run = "", key = ""] = named.split("/");
    return this.#reader(run, key);
  }

  async #reader(run: string, key: string): Promise<EpisodeReader> {
    const files = episodeFiles(run, key);
    return copiedReader(await this.trace(run, key), (index) => this.#segment(files.segment(index)));
  }

  #segment(name: string): Loading {
    const loading = this.#segments.get(name) ?? this.#read(name).then((value) => readCopiedSegment(value, name));
    this.#segments.delete(name);
    this.#segments.set(name, loading);
    const [oldest] = this.#segments.keys();
    if (this.#segments.size > mostSegments && oldest !== undefined) this.#segments.delete(oldest);
    loading.catch(() => this.#segments.delete(name));
    return loading;
  }
}
