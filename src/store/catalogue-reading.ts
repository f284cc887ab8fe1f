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

  /**
   * The started episodes of a run, in order of name. Of a record that `known` tells of already nothing is read; with `finishedStay` not even the
   * state of such an episode, since a finished one stays as it is for as long as its run is the same.
   * A row that says what `known` does is that one itself. Throws `StoreError`.
   */
  async episodes(run: OpenRun, known: readonly EpisodeRow[], finishedStay: boolean): Promise<EpisodeRow[]> {
    const rows = new Map(known.map((row) => [row.key, row]));
    const keys = await run.folder.startedKeys();
    const unread = keys.filter((key) => !finishedStay || (rows.get(key)?.record ?? null) === null);
    const read = await inParts(unread, episodesAtOnce, async (key) => {
      const state = await run.folder.peekState(key);
      if (state === undefined) return undefined;
      const row = rows.get(key);
      if (row !== undefined && row.record !== null && row.record === state.record) return row;
      const made = await this.#episode(run, key, state);
      return Bun.deepEquals(made, row) ? row : made;
    });
    const found = new Map(read.flatMap((row) => (row === undefined ? [] : [[row.key, row]])));
    const asked = new Set(unread);
    return keys.flatMap((key) => (asked.has(key) ? found.get(key) : rows.get(key)) ?? []);
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

/** Changes with every state written into the folder; `undefined` while the folder is too fresh to be sure, or not there. Throws `StoreError`. */
export async function stampOf(folder: string): Promise<string | undefined> {
  try {
    const { mtimeMs, ino } = await stat(folder);
    return Math.abs(Date.now() - mtimeMs) < settledAfterMs ? undefined : `${ino}-${mtimeMs}`;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "look at a run's episodes", folder);
  }
}
