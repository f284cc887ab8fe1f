/** What the finished episodes of a run add up to: figures about memory, tokens, seconds. For `show`, `list`, `compare` and `export`. */
import * as v from "valibot";
import type { EpisodeRecord } from "../core/records.ts";
import { EpisodeFigures } from "../metrics/figures.ts";
import { addTimes, type RunFigures, runFigures } from "../metrics/run-figures.ts";
import { type TimeFigures, timeFigures } from "../metrics/step-times.ts";
import type { EpisodeFailure } from "../store/run-files.ts";
import type { EpisodeName } from "../store/run-folder.ts";
import type { OpenRun } from "../store/runs.ts";
import type { App } from "./app.ts";

export type { RunFigures, RunPhaseFigures } from "../metrics/run-figures.ts";
export type { TimeFigures } from "../metrics/step-times.ts";

export type EpisodeStatus = "finished" | "failed" | "under way" | "not started";

/** A planned episode with what is kept of it. */
export interface KeptEpisode extends EpisodeName {
  status: EpisodeStatus;
  attempts: number;
  failure: EpisodeFailure | undefined;
  /** Hash and content of a finished one's record. */
  recordHash: string | undefined;
  record: EpisodeRecord | undefined;
  /** Of a finished one; `undefined` if an automem wrote them that this one cannot read. */
  figures: EpisodeFigures | undefined;
}

export interface RunTotals {
  figures: RunFigures;
  /** Of the same episodes. Steps is 0 where times were not kept, as in an imported run. */
  times: TimeFigures;
}

/** In the order planned. Throws `StoreError` for a record that is damaged. */
export async function keptEpisodes(app: App, run: OpenRun): Promise<KeptEpisode[]> {
  const store = await app.store();
  const kept: KeptEpisode[] = [];
  for (const episode of run.episodes) {
    const state = await run.folder.peekState(episode.key);
    const record = state?.record && (await store.records.get(state.record, "automem.episode/1"));
    const figures = record ? v.safeParse(EpisodeFigures, record.figures) : undefined;
    kept.push({
      ...episode,
      status: state === undefined ? "not started" : state.status === "owed" ? "under way" : state.status,
      attempts: state?.attempts ?? 0,
      failure: state?.failure,
      recordHash: state?.record,
      record: record || undefined,
      figures: figures?.success ? figures.output : undefined,
    });
  }
  return kept;
}

/** Adds up the finished episodes. */
export async function runTotals(app: App, run: OpenRun, episodes: readonly KeptEpisode[]): Promise<RunTotals> {
  const finished = episodes.filter(({ record }) => record !== undefined);
  return {
    figures: runFigures(finished.flatMap(({ figures }) => (figures ? [figures] : []))),
    times: addTimes(await timesOfEpisodes(app, run, finished)),
  };
}

/** Where the time of each of some episodes went, so far. */
export async function timesOfEpisodes(
  app: App,
  run: OpenRun,
  episodes: readonly EpisodeName[],
): Promise<TimeFigures[]> {
  const keys = episodes.map(({ key }) => key);
  return (await (await app.store()).catalogue.timeSums(run.folder, keys)).map(timeFigures);
}
