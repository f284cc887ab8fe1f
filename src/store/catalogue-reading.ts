/** What the index keeps of a run's episodes, read from the run's folder and the records. */
import { stat } from "node:fs/promises";
import { AutomemError } from "../core/errors.ts";
import type { EpisodeRow } from "./catalogue-rows.ts";
import { episodeCost, nothingSpent } from "./episode-cost.ts";
import { isMissing, storeFault } from "./fault.ts";
import { inParts } from "./in-parts.ts";
import type { RecordStore } from "./records.ts";
import type { EpisodeState } from "./run-files.ts";
import type { OpenRun } from "./runs.ts";
import { sumTimes } from "./times.ts";

/** Measured: one after another, most of the time goes by between asking for a file and having it; above this many nothing is gained. */
const episodesAtOnce = 32;

/** A folder changed less than this before it was read may have changed again within the same tick of the file system's clock. */
const settledAfterMs = 2_000;

export class CatalogueReading {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  /** The started episodes of a run, in order of name. Of a record that `known` tells of already nothing is read. Throws `StoreError`. */
  async episodes(run: OpenRun, known: readonly EpisodeRow[]): Promise<EpisodeRow[]> {
    const rows = new Map(known.map((row) => [row.key, row]));
    const read = await inParts(await run.folder.startedKeys(), episodesAtOnce, async (key) => {
      const state = await run.folder.peekState(key);
      if (state === undefined) return undefined;
      const row = rows.get(key);
      return row !== undefined && row.record !== null && row.record === state.record
        ? row
        : this.#episode(run, key, state);
    });
    return read.filter((row) => row !== undefined);
  }

  async #episode(run: OpenRun, key: string, state: EpisodeState): Promise<EpisodeRow> {
    const { task, seed, status, attempts } = state;
    const failure = state.failure?.message ?? null;
    const nothing = { record: null, steps: null, progress: null, ...nothingSpent, seconds: null };
    const row = { run: run.folder.id, key, task, seed, status, attempts, failure, ...nothing };
    if (state.record === undefined) return row;
    try {
      const record = await this.#records.get(state.record, "automem.episode/1");
      const { steps, progress } = record.end;
      const times = sumTimes(await run.folder.times(key));
      const seconds = times.steps === 0 ? null : times.totalMs / 1000;
      return { ...row, record: state.record, steps, progress, ...episodeCost(record, run.record.settings), seconds };
    } catch (cause) {
      if (!(cause instanceof AutomemError)) throw cause;
      return { ...row, failure: cause.message };
    }
  }
}

/** Changes with every state written into the folder. Never the same twice while the folder is too fresh to be sure. Throws `StoreError`. */
export async function stampOf(folder: string): Promise<string> {
  try {
    const { mtimeMs, ino } = await stat(folder);
    return Math.abs(Date.now() - mtimeMs) < settledAfterMs ? `fresh-${crypto.randomUUID()}` : `${ino}-${mtimeMs}`;
  } catch (cause) {
    if (isMissing(cause)) return `fresh-${crypto.randomUUID()}`;
    throw storeFault(cause, "look at a run's episodes", folder);
  }
}
