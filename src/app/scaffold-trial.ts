/** `automem scaffold check` and `replay`: a package over recorded episodes, without a model and without a game. */
import type { JournalEntry } from "../core/journal.ts";
import { checkScaffold } from "../evolve/check/check-scaffold.ts";
import type { RecordedEpisode } from "../run/replay/recorded-episode.ts";
import { type ReplayReport, replayScaffold } from "../run/replay/replay-scaffold.ts";
import type { CheckReport } from "../scaffold/check/check-report.ts";
import type { EpisodeName } from "../store/run-folder.ts";
import type { OpenRun } from "../store/runs.ts";
import type { App } from "./app.ts";
import { findTarget } from "./inspect.ts";
import { findPackage, findScaffold } from "./scaffolds.ts";

export type { ReplayReport } from "../run/replay/replay-scaffold.ts";
export { replayText } from "../run/replay/replay-text.ts";
export { type CheckReport, checkText } from "../scaffold/check/check-report.ts";

export interface TrialOptions {
  /** Steps of an episode at most. */
  limitSteps?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** `parent` and `recorded` (`RUN` or `RUN/EPISODE`) as a person names them. Throws `ConfigError`. */
export async function checkNamed(
  app: App,
  named: string,
  options: TrialOptions & { parent?: string | undefined; recorded?: string | undefined },
): Promise<CheckReport> {
  const { parent, recorded, limitSteps, signal } = options;
  return checkScaffold(await findPackage(app, named), {
    parent: parent === undefined ? undefined : await findPackage(app, parent),
    recorded: recorded === undefined ? undefined : await recordedEpisodes(app, recorded),
    limitSteps,
    signal,
  });
}

/** Replays the episodes of a run, one after the other. Throws `ConfigError`, `ScaffoldError`. */
export async function* replayNamed(
  app: App,
  named: string,
  recorded: string,
  options: TrialOptions & { details?: number | undefined },
): AsyncGenerator<ReplayReport> {
  const scaffold = await findScaffold(app, named);
  for (const episode of await recordedEpisodes(app, recorded)) yield await replayScaffold(scaffold, episode, options);
}

/** The episodes of `RUN` that were played, finished or not; or the one of `RUN/EPISODE`. */
async function recordedEpisodes(app: App, named: string): Promise<RecordedEpisode[]> {
  const { run, episode } = await findTarget(app, named);
  const wanted = episode === undefined ? run.episodes : [episode];
  const found: RecordedEpisode[] = [];
  for (const each of wanted) {
    if (episode !== undefined || (await run.folder.peekState(each.key)) !== undefined)
      found.push(recordedIn(app, run, each));
  }
  return found;
}

function recordedIn(app: App, run: OpenRun, { key }: EpisodeName): RecordedEpisode {
  const { agent, memory, sampling } = run.record.settings;
  return {
    name: `${run.folder.id}/${key}`,
    game: run.record.game.name,
    settings: { agent, memory, sampling },
    twoModels: run.record.specialist !== undefined,
    entries: async function* (): AsyncGenerator<JournalEntry> {
      yield* (await (await app.store()).readEpisode(run.folder.id, key)).entries();
    },
  };
}
