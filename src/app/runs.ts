/** The runs of the store, for `list` and `show`, and how a person names one. */
import { AutomemError, ConfigError } from "../core/errors.ts";
import type { RunRow } from "../store/catalogue.ts";
import type { OpenRun } from "../store/runs.ts";
import type { App } from "./app.ts";
import { keptEpisodes, type RunTotals, runTotals } from "./run-totals.ts";

export type { EpisodeRow, RunRow, StandingRow } from "../store/catalogue.ts";

/** Newest first. */
export async function listRuns(app: App): Promise<RunRow[]> {
  return (await app.store()).catalogue.listRuns();
}

/** The same with the totals of each run. Reads the record of every finished episode; one that cannot be read becomes its run's `problem`. */
export async function listRunsWithTotals(app: App): Promise<(RunRow & { totals: RunTotals | undefined })[]> {
  const { runs } = await app.store();
  const rows: (RunRow & { totals: RunTotals | undefined })[] = [];
  for (const row of await listRuns(app)) {
    if (row.problem !== null) {
      rows.push({ ...row, totals: undefined });
      continue;
    }
    try {
      const run = await runs.open(row.id);
      rows.push({ ...row, totals: await runTotals(app, run, await keptEpisodes(app, run)) });
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      rows.push({ ...row, totals: undefined, problem: fault.message });
    }
  }
  return rows;
}

/** A run by its id, by the beginning of one, or `last`. Throws `ConfigError` (`unknown-run`, `ambiguous-run`). */
export async function findRun(app: App, named: string): Promise<OpenRun> {
  const { runs } = await app.store();
  const ids = await runs.ids();
  if (ids.includes(named)) return runs.open(named);
  if (named === "last") {
    const newest = (await listRuns(app))[0];
    if (newest) return runs.open(newest.id);
    throw new ConfigError("There are no runs yet. Start one: automem run GAME --model PROVIDER:MODEL", {
      code: "unknown-run",
    });
  }
  const matches = ids.filter((id) => id.startsWith(named));
  if (matches.length === 1) return runs.open(matches[0]!);
  if (matches.length > 1) {
    throw new ConfigError(`"${named}" is the beginning of ${matches.length} runs: ${matches.slice(0, 5).join(", ")}.`, {
      code: "ambiguous-run",
    });
  }
  throw new ConfigError(`There is no run "${named}". automem list shows them; "last" is the newest.`, {
    code: "unknown-run",
  });
}
