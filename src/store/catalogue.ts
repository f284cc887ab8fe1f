/**
 * The index of runs and episodes, for `list`. A cache and nothing more: each reading first brings it up to date from the run folders, which
 * alone count, so it cannot be behind, and deleting it loses nothing. Runs whose folder did not change since are not read again.
 */
import { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { AutomemError } from "../core/errors.ts";
import {
  besideRows,
  episodeRows,
  indexSchema,
  indexVersion,
  recordRows,
  runRows,
  scoreRows,
  timeRows,
} from "./catalogue-schema.ts";
import { type EpisodeCost, episodeCost, nothingSpent } from "./episode-cost.ts";
import { isMissing, storeFault } from "./fault.ts";
import type { RecordStore } from "./records.ts";
import type { EpisodeState } from "./run-files.ts";
import type { RunFolder } from "./run-folder.ts";
import type { OpenRun, RunStore } from "./runs.ts";
import { sumTimes, type TimeSums } from "./times.ts";

/** A run, as `list` shows it. */
export interface RunRow {
  id: string;
  /** ISO 8601, UTC. */
  created: string;
  game: string;
  model: string;
  scaffold: string;
  planned: number;
  finished: number;
  failed: number;
  /** Mean over the finished episodes, a share in [0, 1]; null if none is. */
  meanProgress: number | null;
  /** Steps of the finished episodes. */
  steps: number;
  /** Of the finished episodes, as `EpisodeCost`; null where nothing is known. */
  calls: number | null;
  promptTokens: number | null;
  cachedTokens: number | null;
  generatedTokens: number | null;
  uncounted: number;
  money: number | null;
  /** Of play, added up over the finished episodes: those played side by side took less. */
  seconds: number | null;
  /** Name of the adapter that the specialist was; null without. */
  specialist: string | null;
  /** Why the run cannot be read; the other fields are then empty. */
  problem: string | null;
}

/** An episode that was started; what it cost is null until it is finished. */
export interface EpisodeRow extends EpisodeCost {
  run: string;
  key: string;
  task: string;
  seed: number;
  status: EpisodeState["status"];
  record: string | null;
  steps: number | null;
  progress: number | null;
  failure: string | null;
  seconds: number | null;
}

/** A started episode of another run with the same game, task and seed. */
export interface BesideRow {
  run: string;
  key: string;
  created: string;
  model: string;
  scaffold: string;
  specialist: string | null;
  status: EpisodeState["status"];
  steps: number | null;
  progress: number | null;
}

/** A folder changed less than this before it was read may have changed again within the same tick of the file system's clock. */
const settledAfterMs = 2_000;

export class Catalogue {
  readonly #path: string;
  readonly #runs: RunStore;
  readonly #records: RecordStore;
  #database: Database | undefined;

  constructor(path: string, runs: RunStore, records: RecordStore) {
    this.#path = path;
    this.#runs = runs;
    this.#records = records;
  }

  /** All runs, newest first. */
  async listRuns(): Promise<RunRow[]> {
    const database = await this.#refresh();
    return database.query<RunRow, []>(runRows).all();
  }

  /** The started episodes of a run, in order of task and seed. */
  async listEpisodes(runId: string): Promise<EpisodeRow[]> {
    const database = await this.#refresh();
    return database.query<EpisodeRow, [string]>(episodeRows).all(runId);
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
    this.close();
    this.#remove();
    return (await this.#refresh()).query<{ count: number }, []>("SELECT count(*) AS count FROM runs").get()?.count ?? 0;
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** Brings the index up to date. */
  async #refresh(): Promise<Database> {
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
    for (const id of ids) await this.#refreshRun(database, id, known.get(id));
    return database;
  }

  async #refreshRun(database: Database, id: string, knownStamp: string | undefined): Promise<void> {
    let run: OpenRun;
    try {
      const folder = this.#runs.folder(id);
      const stamp = await stampOf(folder.episodesFolder());
      if (knownStamp !== undefined && stamp === knownStamp) return;
      run = await this.#runs.open(id);
      const rows = await this.#readEpisodes(database, run);
      writeRun(database, run, rows, stamp);
    } catch (cause) {
      if (!(cause instanceof AutomemError)) throw cause;
      forget(database, id);
      database.query("INSERT INTO runs (id, stamp, problem) VALUES (?, '', ?)").run(id, cause.message);
    }
  }

  async #readEpisodes(database: Database, run: OpenRun): Promise<EpisodeRow[]> {
    const known = new Map(
      database
        .query<EpisodeRow, [string]>(episodeRows)
        .all(run.folder.id)
        .map((row) => [row.key, row]),
    );
    const rows: EpisodeRow[] = [];
    for (const key of await run.folder.startedKeys()) {
      const state = await run.folder.peekState(key);
      if (state === undefined) continue;
      const old = known.get(key);
      rows.push(
        old && old.record !== null && old.record === state.record ? old : await this.#readEpisode(run, key, state),
      );
    }
    return rows;
  }

  async #readEpisode(run: OpenRun, key: string, state: EpisodeState): Promise<EpisodeRow> {
    const { task, seed, status } = state;
    const failure = state.failure?.message ?? null;
    const nothing = { record: null, steps: null, progress: null, ...nothingSpent, seconds: null };
    const row = { run: run.folder.id, key, task, seed, status, failure, ...nothing };
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

function openIndex(path: string): Database {
  const database = new Database(path);
  try {
    database.run("PRAGMA busy_timeout = 5000");
    database.run("PRAGMA journal_mode = WAL");
    // What a crash of the machine takes from the index is read again; that it stays whole, WAL sees to.
    database.run("PRAGMA synchronous = NORMAL");
    const found = database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
    if (found !== indexVersion) database.transaction(() => database.run(indexSchema)).immediate();
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function forget(database: Database, id: string): void {
  database.query("DELETE FROM episodes WHERE run = ?").run(id);
  database.query("DELETE FROM runs WHERE id = ?").run(id);
}

function writeRun(database: Database, run: OpenRun, rows: readonly EpisodeRow[], stamp: string): void {
  const { folder, file, record } = run;
  database
    .transaction(() => {
      forget(database, folder.id);
      database
        .query(
          "INSERT INTO runs (id, stamp, created, game, model, scaffold, planned, specialist) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .run(
          folder.id,
          stamp,
          file.created,
          record.game.name,
          record.model.name,
          record.settings.scaffold,
          run.episodes.length,
          record.specialist?.adapter ?? null,
        );
      const insert = database.query(`INSERT INTO episodes VALUES (${Array(16).fill("?").join(", ")})`);
      for (const { key, task, seed, status, record, steps, progress, failure, ...cost } of rows) {
        const { calls, promptTokens, cachedTokens, generatedTokens, uncounted, money, seconds } = cost;
        const spent = [calls, promptTokens, cachedTokens, generatedTokens, uncounted, money, seconds];
        insert.run(folder.id, key, task, seed, status, record, steps, progress, failure, ...spent);
      }
    })
    .immediate();
}

function writeTimeSums(
  database: Database,
  run: string,
  rows: readonly [key: string, stamp: string, sums: TimeSums][],
): void {
  database
    .transaction(() => {
      const insert = database.query("INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?, ?, ?, ?)");
      for (const [key, stamp, { steps, totalMs, gameMs, modelMs }] of rows)
        insert.run(run, key, stamp, steps, totalMs, gameMs, modelMs);
    })
    .immediate();
}

/** Changes with every state written into the folder. Empty, which never counts as unchanged, while the folder is too fresh to be sure. */
async function stampOf(folder: string): Promise<string> {
  try {
    const { mtimeMs, ino } = await stat(folder);
    return Math.abs(Date.now() - mtimeMs) < settledAfterMs ? `fresh-${crypto.randomUUID()}` : `${ino}-${mtimeMs}`;
  } catch (cause) {
    if (isMissing(cause)) return `fresh-${crypto.randomUUID()}`;
    throw storeFault(cause, "look at a run's episodes", folder);
  }
}
