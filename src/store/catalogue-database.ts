/** The file of the index: how it is opened, and how a run is put into it. */
import { Database } from "bun:sqlite";
import type { EpisodeRow, RunRow } from "./catalogue-rows.ts";
import { indexSchema, indexVersion, runRows, sumsOfOthers, sumsOfRun } from "./catalogue-schema.ts";
import type { OpenRun } from "./runs.ts";
import type { TimeSums } from "./times.ts";

/** Opens the index, made anew where it is of another version. Throws what SQLite throws. */
export function openIndex(path: string): Database {
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

/** Takes a run and its episodes out. */
export function forget(database: Database, id: string): void {
  database.query("DELETE FROM episodes WHERE run = ?").run(id);
  database.query("DELETE FROM runs WHERE id = ?").run(id);
}

/** Puts a run in the place of what was there of it, with the sums over its episodes. */
export function writeRun(database: Database, run: OpenRun, rows: readonly EpisodeRow[], stamp: string): void {
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
      const insert = database.query(`INSERT INTO episodes VALUES (${Array(17).fill("?").join(", ")})`);
      for (const { key, task, seed, status, attempts, record, steps, progress, failure, ...cost } of rows) {
        const { calls, promptTokens, cachedTokens, generatedTokens, uncounted, money, seconds } = cost;
        const spent = [calls, promptTokens, cachedTokens, generatedTokens, uncounted, money, seconds];
        insert.run(folder.id, key, task, seed, status, attempts, record, steps, progress, failure, ...spent);
      }
      database.query(sumsOfRun).run(folder.id);
    })
    .immediate();
}

/** Puts a run that cannot be read in the place of what was there of it, with the reason. */
export function writeProblem(database: Database, id: string, problem: string): void {
  database
    .transaction(() => {
      forget(database, id);
      database.query("INSERT INTO runs (id, stamp, problem) VALUES (?, '', ?)").run(id, problem);
      database.query(sumsOfRun).run(id);
    })
    .immediate();
}

/** All runs, newest first. */
export function readRuns(database: Database): RunRow[] {
  const all = database.query<RunRow & { finished: number | null }, []>(runRows);
  const rows = all.all();
  if (rows.every(({ finished }) => finished !== null)) return rows;
  database.query(sumsOfOthers).run();
  return all.all();
}

/** When the run was made that is listed under this name; `undefined` if none is that can be read. */
export function createdOf(database: Database, id: string): string | undefined {
  const query = database.query<{ created: string }, [string]>(
    "SELECT created FROM runs WHERE id = ? AND problem IS NULL",
  );
  return query.get(id)?.created;
}

/** Keeps sums of times. */
export function writeTimeSums(
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
