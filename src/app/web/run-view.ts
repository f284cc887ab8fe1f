/**
 * One run as a page shows it: what it is, how it went, and a part of its episodes, filtered and sorted. Finished episodes are read from the
 * index, so a run may have any number of them; of those under way only the ones shown are looked into.
 */
import type { RunRecord } from "../../core/records.ts";
import { type Progression, progression } from "../../metrics/progression.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { App } from "../app.ts";
import { standing } from "../inspect.ts";
import type { EpisodeRow } from "../runs.ts";

export const episodeStates = ["finished", "failed", "under way", "not started"] as const;
export type EpisodeStatus = (typeof episodeStates)[number];
export const episodeSorts = ["planned", "task", "seed", "state", "steps", "score"] as const;

/** `search`: words that must all stand in task, seed or key. `planned`: the order in which they are played. */
export interface EpisodeFilter {
  search: string;
  state?: EpisodeStatus | undefined;
  sort: (typeof episodeSorts)[number];
  order: "up" | "down";
  offset: number;
  limit: number;
}

/** `steps` and `progress` are as far as it was played. */
export interface EpisodeLine {
  key: string;
  task: string;
  seed: number;
  status: EpisodeStatus;
  steps: number;
  progress: number | undefined;
  failure: { message: string } | undefined;
}

export interface RunView {
  id: string;
  created: string;
  commandLine: readonly string[];
  /** But for the list of its episodes. */
  record: Omit<RunRecord, "episodes">;
  scaffold: string;
  /** The process that plays it now. */
  heldBy: number | undefined;
  progression: Progression;
  /** How many episodes are in each state. */
  counts: Record<EpisodeStatus, number>;
  episodes: EpisodeLine[];
  /** That fit the filter, and in all. */
  matching: number;
  total: number;
}

export async function runView(app: App, run: OpenRun, filter: EpisodeFilter): Promise<RunView> {
  const store = await app.store();
  const { manifest } = await store.records.get(run.record.scaffold, "automem.scaffold-record/1");
  const rows = new Map((await store.catalogue.listEpisodes(run.folder.id)).map((row) => [row.key, row]));
  const lines = run.episodes.map((episode) => lineOf(episode, rows.get(episode.key)));
  const matching = sorted(
    lines.filter((line) => fits(line, filter)),
    filter,
  );
  const shown = matching.slice(filter.offset, filter.offset + filter.limit);
  const { episodes: _, ...record } = run.record;
  return {
    id: run.folder.id,
    created: run.file.created,
    commandLine: run.file.commandLine,
    record,
    scaffold: `${manifest.name} ${manifest.version}`,
    heldBy: run.folder.holder()?.pid,
    progression: progression(
      lines.map(({ task, status, progress }) => ({ task, progress: status === "finished" ? progress : undefined })),
    ),
    counts: countsOf(lines),
    episodes: await Promise.all(shown.map((line) => asFarAsPlayed(app, run, line))),
    matching: matching.length,
    total: lines.length,
  };
}

function lineOf({ key, task, seed }: OpenRun["episodes"][number], row: EpisodeRow | undefined): EpisodeLine {
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

function countsOf(lines: readonly EpisodeLine[]): RunView["counts"] {
  const counts = { finished: 0, failed: 0, "under way": 0, "not started": 0 };
  for (const { status } of lines) counts[status] += 1;
  return counts;
}

function fits({ key, task, seed, status }: EpisodeLine, { search, state }: EpisodeFilter): boolean {
  if (state !== undefined && status !== state) return false;
  const text = `${task} ${seed} ${key}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const sortKeys: Record<EpisodeFilter["sort"], (line: EpisodeLine) => string | number> = {
  planned: () => 0,
  task: ({ task }) => task,
  seed: ({ seed }) => seed,
  state: ({ status }) => episodeStates.indexOf(status),
  steps: ({ steps }) => steps,
  score: ({ progress }) => progress ?? -1,
};

/** Stable: equal ones stay as planned. */
function sorted(lines: readonly EpisodeLine[], { sort, order }: EpisodeFilter): EpisodeLine[] {
  const key = sortKeys[sort];
  const sign = order === "up" ? 1 : -1;
  return lines.toSorted((one, other) => {
    const [first, second] = [key(one), key(other)];
    return first === second ? 0 : first < second ? -sign : sign;
  });
}
