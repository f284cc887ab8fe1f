/**
 * One run as a page shows it: what it is, how it went, and a part of its episodes, filtered and sorted. Finished episodes are read from the
 * index, so a run may have any number of them; of those under way only the ones shown are looked into.
 */
import type { RunRecord } from "../../core/records.ts";
import { type Progression, progression } from "../../metrics/progression.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { App } from "../app.ts";
import { standing } from "../inspect.ts";
import { runStates } from "../live/run-watch.ts";
import type { StandingRow } from "../runs.ts";
import { scaffoldName } from "../scaffold-names.ts";
import { type EpisodeFilter, type EpisodeLine, type EpisodePage, episodePageOf } from "./episode-filter.ts";

export interface RunView extends EpisodePage {
  id: string;
  created: string;
  commandLine: readonly string[];
  /** But for the list of its episodes. */
  record: Omit<RunRecord, "episodes">;
  /** As people call it: `scaffoldName`. */
  scaffold: string;
  /** The process that plays it now. */
  heldBy: number | undefined;
  /** As `RunNow.states`: equal while no episode went into another state since. */
  states: string;
  progression: Progression;
}

export async function runView(app: App, run: OpenRun, filter: EpisodeFilter): Promise<RunView> {
  const store = await app.store();
  const rows = new Map((await store.catalogue.standings(run.folder.id)).map((row) => [row.key, row]));
  const lines = run.episodes.map((episode) => lineOf(episode, rows.get(episode.key)));
  const page = episodePageOf(lines, filter);
  const { episodes: _, ...record } = run.record;
  return {
    id: run.folder.id,
    created: run.file.created,
    commandLine: run.file.commandLine,
    record,
    scaffold: await scaffoldName(app, run.record.scaffold),
    heldBy: run.folder.holder()?.pid,
    states: runStates(run.episodes, rows),
    progression: progression(
      lines.map(({ task, status, progress }) => ({ task, progress: status === "finished" ? progress : undefined })),
    ),
    ...page,
    episodes: await Promise.all(page.episodes.map((line) => asFarAsPlayed(app, run, line))),
  };
}

function lineOf({ key, task, seed }: OpenRun["episodes"][number], row: StandingRow | undefined): EpisodeLine {
  const failure = row?.failure === null || row === undefined ? undefined : { message: row.failure };
  const status = row === undefined ? "not started" : row.status === "owed" ? "under way" : row.status;
  return { key, task, seed, status, steps: row?.steps ?? 0, progress: row?.progress ?? undefined, failure };
}

/** The index knows nothing of how far an unfinished episode has come. */
async function asFarAsPlayed(app: App, run: OpenRun, line: EpisodeLine): Promise<EpisodeLine> {
  if (line.status === "finished" || line.status === "not started") return line;
  const { status, steps, progress, failure } = await standing(app, run, line);
  return { ...line, status, steps, progress, failure };
}
