/** What `automem show` shows: a run, an episode, a step, the memory folder at a step. */
import { ConfigError } from "../core/errors.ts";
import type { JournalEntry } from "../core/journal.ts";
import { type Progression, progression } from "../metrics/progression.ts";
import { addTimes } from "../metrics/run-figures.ts";
import type { EpisodeReader, EpisodeSummary } from "../store/episode-reader.ts";
import type { EpisodeFailure } from "../store/run-files.ts";
import type { EpisodeName } from "../store/run-folder.ts";
import type { OpenRun } from "../store/runs.ts";
import type { App } from "./app.ts";
import { keptEpisodes, type RunTotals, runTotals, type TimeFigures, timesOfEpisodes } from "./run-totals.ts";
import { findRun } from "./runs.ts";
import { scaffoldName } from "./scaffold-names.ts";

export type { EpisodeReader, EpisodeSummary } from "../store/episode-reader.ts";
export type { CallView, PhaseView, StepRow, StepView } from "../store/step-view.ts";

/** A run, or one of its episodes. */
export interface Target {
  run: OpenRun;
  episode: EpisodeName | undefined;
}

/** Where one planned episode of a run stands. `steps` and `progress` are as far as it was played. */
export interface EpisodeStanding extends EpisodeName {
  status: "finished" | "failed" | "under way" | "not started";
  attempts: number;
  steps: number;
  progress: number | undefined;
  record: string | undefined;
  failure: EpisodeFailure | undefined;
}

export interface RunOverview extends RunTotals {
  id: string;
  created: string;
  commandLine: readonly string[];
  record: OpenRun["record"];
  /** As people call it: `scaffoldName`. */
  scaffold: string;
  /** The process that plays it now. */
  heldBy: number | undefined;
  episodes: EpisodeStanding[];
  progression: Progression;
}

/** `RUN` or `RUN/EPISODE`; a run as in `findRun`, an episode by its key or the beginning of one. Throws `ConfigError`. */
export async function findTarget(app: App, named: string): Promise<Target> {
  const [runName = "", episodeName] = named.split("/", 2);
  const run = await findRun(app, runName);
  if (episodeName === undefined) return { run, episode: undefined };
  const exact = run.episodes.find(({ key }) => key === episodeName);
  const matches = exact ? [exact] : run.episodes.filter(({ key }) => key.startsWith(episodeName));
  if (matches.length === 1) return { run, episode: matches[0] };
  throw new ConfigError(
    `Run ${run.folder.id} has ${matches.length === 0 ? "no episode" : `${matches.length} episodes that begin with`} "${episodeName}". ${episodeChoices(run)}`,
    { code: "unknown-episode" },
  );
}

/** The episode of a target; the only one of a run. Throws `ConfigError` (`which-episode`) with the choices. */
export function episodeOf({ run, episode }: Target): EpisodeName {
  const only = episode ?? (run.episodes.length === 1 ? run.episodes[0] : undefined);
  if (only) return only;
  throw new ConfigError(`Say which episode: RUN/EPISODE. ${episodeChoices(run)}`, { code: "which-episode" });
}

export async function readEpisode(app: App, run: OpenRun, episode: EpisodeName): Promise<EpisodeReader> {
  return (await app.store()).readEpisode(run.folder.id, episode.key);
}

export async function runOverview(app: App, run: OpenRun): Promise<RunOverview> {
  const episodes: EpisodeStanding[] = [];
  for (const episode of run.episodes) episodes.push(await standing(app, run, episode));
  return {
    id: run.folder.id,
    created: run.file.created,
    commandLine: run.file.commandLine,
    record: run.record,
    scaffold: await scaffoldName(app, run.record.scaffold),
    heldBy: run.folder.holder()?.pid,
    episodes,
    ...(await runTotals(app, run, await keptEpisodes(app, run))),
    progression: progression(
      episodes.map(({ task, status, progress }) => ({ task, progress: status === "finished" ? progress : undefined })),
    ),
  };
}

/** Where the time of an episode went, so far. */
export async function episodeTimes(app: App, run: OpenRun, episode: EpisodeName): Promise<TimeFigures> {
  return addTimes(await timesOfEpisodes(app, run, [episode]));
}

/** The entries of an episode as they come, until it ends or the signal is aborted. */
export async function follow(
  app: App,
  run: OpenRun,
  episode: EpisodeName,
  signal: AbortSignal,
): Promise<AsyncGenerator<JournalEntry>> {
  return (await app.store()).followEpisode(run.folder.id, episode.key, { clock: app.clock, everyMs: 200, signal });
}

/** Where one episode stands. What a finished one came to is in its record. */
export async function standing(app: App, run: OpenRun, { key, task, seed }: EpisodeName): Promise<EpisodeStanding> {
  const episode = { key, task, seed };
  const state = await run.folder.peekState(episode.key);
  const bare = {
    ...episode,
    attempts: state?.attempts ?? 0,
    steps: 0,
    progress: undefined,
    record: state?.record,
    failure: state?.failure,
  };
  if (state === undefined) return { ...bare, status: "not started" };
  if (state.record !== undefined) {
    const { end } = await (await app.store()).records.get(state.record, "automem.episode/1");
    return { ...bare, status: "finished", steps: end.steps, progress: end.progress };
  }
  const status = state.status === "owed" ? "under way" : state.status;
  const summary = await summaryIfAny(await readEpisode(app, run, episode));
  return summary ? { ...bare, status, steps: summary.steps, progress: summary.progress } : { ...bare, status };
}

/** `undefined` if nothing was played yet. */
async function summaryIfAny(reader: EpisodeReader): Promise<EpisodeSummary | undefined> {
  try {
    return await reader.summary();
  } catch (fault) {
    if (fault instanceof ConfigError && fault.code === "empty-episode") return undefined;
    throw fault;
  }
}

function episodeChoices(run: OpenRun): string {
  const keys = run.episodes.map(({ key }) => key);
  return `Episodes: ${keys.slice(0, 8).join(", ")}${keys.length > 8 ? `, and ${keys.length - 8} more` : ""}.`;
}
