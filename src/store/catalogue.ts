/**
 * The index of runs and episodes, for `list`. A cache and nothing more: each reading first brings it up to date from the run folders, which
 * alone count, so it cannot be behind, and deleting it loses nothing. Runs whose folder did not change since are not read again.
 */
import type { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { AutomemError } from "../core/errors.ts";
import { createdOf, forget, openIndex, readRuns, writeProblem, writeRun, writeTimeSums } from "./catalogue-database.ts";
import { CatalogueReading, stampOf } from "./catalogue-reading.ts";
import type { BesideRow, EpisodeRow, RunRow, StandingRow } from "./catalogue-rows.ts";
import { besideRows, episodeRows, recordRows, scoreRows, standingRows, timeRows } from "./catalogue-schema.ts";
import { storeFault } from "./fault.ts";
import { inParts } from "./in-parts.ts";
import type { RecordStore } from "./records.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunStore } from "./runs.ts";
import { sumTimes, type TimeSums } from "./times.ts";

export type { BesideRow, EpisodeRow, RunRow, StandingRow } from "./catalogue-rows.ts";

/** Folders that are looked at at once, and runs that are read at once. */
const looksAtOnce = 64;
const runsAtOnce = 4;

/** Stamp of a run that was changed too shortly before it was read: it is read again the next time. */
const changing = "";

export class Catalogue {
  readonly #path: string;
  readonly #runs: RunStore;
  readonly #reading: CatalogueReading;
  #database: Database | undefined;
  /** What brings the index up to date now, and what does so as soon as that is done. */
  #now: Promise<Database> | undefined;
  #next: Promise<Database> | undefined;

  constructor(path: string, runs: RunStore, records: RecordStore) {
    this.#path = path;
    this.#runs = runs;
    this.#reading = new CatalogueReading(records);
  }

  /** All runs, newest first. */
  async listRuns(): Promise<RunRow[]> {
    return readRuns(await this.#refresh());
  }

  /** The started episodes of a run, in order of task and seed. */
  async listEpisodes(runId: string): Promise<EpisodeRow[]> {
    const database = await this.#refresh();
    return database.query<EpisodeRow, [string]>(episodeRows).all(runId);
  }

  /** The started episodes of a run, in no order: as `listEpisodes`, at a third of the price. */
  async standings(runId: string): Promise<StandingRow[]> {
    const database = await this.#refresh();
    return database.query<StandingRow, [string]>(standingRows).all(runId);
  }

  /** The started episodes of other runs that were played as this one was, those of the newest runs first, and how many there are. */
  async besides(
    { game, task, seed, run }: { game: string; task: string; seed: number; run: string },
    most: number,
  ): Promise<{ episodes: BesideRow[]; matching: number }> {
    const database = await this.#refresh();
    const rows = database
      .query<BesideRow & { matching: number }, [string, string, number, string, number]>(besideRows)
      .all(game, task, seed, run, most);
    return { episodes: rows.map(({ matching: _, ...row }) => row), matching: rows[0]?.matching ?? 0 };
  }

  /** Where records of episodes were played: `RUN/EPISODE` by the hash of the record, newest runs first. Records that no run has are left out. */
  async placesOf(records: ReadonlySet<string>): Promise<Map<string, string[]>> {
    const database = await this.#refresh();
    const places = new Map<string, string[]>();
    for (const { run, key, record } of database
      .query<{ run: string; key: string; record: string }, []>(recordRows)
      .all()) {
      if (!records.has(record)) continue;
      const found = places.get(record) ?? [];
      found.push(`${run}/${key}`);
      places.set(record, found);
    }
    return places;
  }

  /** Progress of the finished episodes of some runs, by task and seed. Runs without any are left out. Reads the index as it stands. */
  async scoresOf(runIds: readonly string[]): Promise<Map<string, number[]>> {
    const database = this.#open();
    const scores = new Map<string, number[]>();
    const ofRun = database.query<{ progress: number }, [string]>(scoreRows);
    for (const id of runIds) {
      const found = ofRun.all(id).map(({ progress }) => progress);
      if (found.length > 0) scores.set(id, found);
    }
    return scores;
  }

  /** How long the steps of some of a run's episodes took, in the order of `keys`. A file of times is read again only after it changed. */
  async timeSums(folder: RunFolder, keys: readonly string[]): Promise<TimeSums[]> {
    const database = this.#open();
    const known = new Map(
      database
        .query<TimeSums & { key: string; stamp: string }, [string]>(timeRows)
        .all(folder.id)
        .map(({ key, stamp, ...sums }) => [key, { stamp, sums }]),
    );
    const read: [key: string, stamp: string, sums: TimeSums][] = [];
    const all: TimeSums[] = [];
    for (const key of keys) {
      const stamp = await folder.timesStamp(key);
      const old = known.get(key);
      const sums = old?.stamp === stamp ? old.sums : sumTimes(await folder.times(key));
      if (sums !== old?.sums) read.push([key, stamp, sums]);
      all.push(sums);
    }
    if (read.length > 0) writeTimeSums(database, folder.id, read);
    return all;
  }

  /** Throws the index away and builds it anew from run folders and records. Returns the number of runs. */
  async reindex(): Promise<number> {
    await this.#next;
    await this.#now;
    this.close();
    this.#remove();
    return (await this.#refresh()).query<{ count: number }, []>("SELECT count(*) AS count FROM runs").get()?.count ?? 0;
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /**
   * Brings the index up to date. Who asks while that is done may ask for what was written since it began: they wait for the next time, which is
   * one for all who wait.
   */
  #refresh(): Promise<Database> {
    if (this.#next !== undefined) return this.#next;
    if (this.#now === undefined) return this.#begin();
    this.#next = this.#now.then(
      () => this.#begin(),
      // Why it failed is told to those who asked for it.
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<Database> {
    this.#next = undefined;
    this.#now = this.#update().finally(() => {
      this.#now = undefined;
    });
    return this.#now;
  }

  async #update(): Promise<Database> {
    const database = this.#open();
    const ids = new Set(await this.#runs.ids());
    const known = new Map(
      database
        .query<{ id: string; stamp: string }, []>("SELECT id, stamp FROM runs")
        .all()
        .map(({ id, stamp }) => [id, stamp]),
    );
    for (const id of known.keys()) {
      if (ids.has(id)) continue;
      forget(database, id);
      database.query("DELETE FROM times WHERE run = ?").run(id);
    }
    const looked = await inParts([...ids], looksAtOnce, async (id) => ({ id, look: await this.#look(id) }));
    const changed = looked.filter(
      ({ id, look }) => "problem" in look || look.stamp === undefined || look.stamp !== known.get(id),
    );
    await inParts(changed, runsAtOnce, async ({ id, look }) => {
      if ("problem" in look) writeProblem(database, id, look.problem);
      else await this.#readRun(database, id, look.stamp);
    });
    return database;
  }

  async #look(id: string): Promise<{ stamp: string | undefined } | { problem: string }> {
    try {
      return { stamp: await stampOf(this.#runs.folder(id).episodesFolder()) };
    } catch (cause) {
      return { problem: problemOf(cause) };
    }
  }

  /** `stamp` was taken before, so what is written meanwhile is read the next time. */
  async #readRun(database: Database, id: string, stamp: string | undefined): Promise<void> {
    try {
      const run = await this.#runs.open(id);
      const known = database.query<EpisodeRow, [string]>(episodeRows).all(id);
      // Of a run under way, which is read each time, only what may be another than before; all of it once it has settled.
      const isSame = stamp === undefined && createdOf(database, id) === run.file.created;
      const rows = await this.#reading.episodes(run, known, isSame);
      if (!isSame || !areSame(rows, known)) writeRun(database, run, rows, stamp ?? changing);
    } catch (cause) {
      writeProblem(database, id, problemOf(cause));
    }
  }

  #open(): Database {
    if (this.#database !== undefined) return this.#database;
    try {
      this.#database = openIndex(this.#path);
    } catch (cause) {
      const code = String((cause as { code?: unknown }).code);
      // A store that can only be read has its runs listed all the same, from the run folders.
      if (/^SQLITE_(READONLY|CANTOPEN|PERM|FULL|IOERR)/.test(code)) {
        this.#database = openIndex(":memory:");
        return this.#database;
      }
      if (!/^SQLITE_(CORRUPT|NOTADB)/.test(code)) throw storeFault(cause, "open the index", this.#path);
      this.#remove();
      this.#database = openIndex(this.#path);
    }
    return this.#database;
  }

  #remove(): void {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${this.#path}${suffix}`, { force: true });
  }
}

/** No episode was added, and none is another than before. */
function areSame(rows: readonly EpisodeRow[], known: readonly EpisodeRow[]): boolean {
  const before = new Set(known);
  return rows.length === known.length && rows.every((row) => before.has(row));
}

/** Of a fault of the store; throws what is none. */
function problemOf(cause: unknown): string {
  if (cause instanceof AutomemError) return cause.message;
  throw cause;
}
