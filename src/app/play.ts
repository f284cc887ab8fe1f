/** Plays and resumes runs: puts game, model, scaffold and store together. */

import { keepScaffold, keptScaffold } from "../campaign/kept-scaffold.ts";
import { ConfigError } from "../core/errors.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { openGame } from "../plugins/open.ts";
import { CallCache } from "../run/call-cache.ts";
import type { RunDependencies } from "../run/dependencies.ts";
import type { RunEvent } from "../run/events.ts";
import { resumeRun, startRun } from "../run/run.ts";
import type { RunSummary } from "../run/summary.ts";
import type { LoadedScaffold } from "../scaffold/load-scaffold.ts";
import type { App } from "./app.ts";
import { type PlayModels, withPlayModels } from "./models.ts";
import { findRun } from "./runs.ts";
import { findScaffold } from "./scaffolds.ts";

export type { RunEvent, RunTotals } from "../run/events.ts";
export type { RunSummary } from "../run/summary.ts";

export interface PlayOptions {
  /** Kept with the run, for people. */
  commandLine: readonly string[];
  signal: AbortSignal;
  onEvent?: ((event: RunEvent) => void) | undefined;
}

/** Plays a new run. What is missing (plugin, model, scaffold) is found out before anything is recorded. */
export async function play(app: App, settings: RunSettings, options: PlayOptions): Promise<RunSummary> {
  const scaffold = await scaffoldFor(app, settings.game, settings.scaffold);
  return withPlayModels(app, settings, async (models) => {
    const dependencies = await runDependencies(app, settings.game, scaffold, models, options);
    return startRun(dependencies, { settings, commandLine: options.commandLine });
  });
}

/** Goes on with a run that was stopped, killed or has failed episodes; `named` is an id, the beginning of one, or `last`. */
export async function resume(app: App, named: string, options: PlayOptions): Promise<RunSummary> {
  const { folder, record } = await findRun(app, named);
  const { settings } = record;
  await app.registry.need(settings.game);
  const scaffold = await keptScaffold(await app.store(), record.scaffold);
  // By its whole name: in another store, or later, its beginning may be that of several.
  const adapter = record.specialist?.adapter;
  return withPlayModels(app, adapter === undefined ? settings : { ...settings, specialist: adapter }, async (models) =>
    resumeRun(await runDependencies(app, settings.game, scaffold, models, options), folder.id),
  );
}

/** The scaffold to play an installed game with. Throws `ConfigError` (`plugin-missing`, `wrong-scaffold`) and as `findScaffold`. */
export async function scaffoldFor(app: App, game: string, named: string): Promise<LoadedScaffold> {
  await app.registry.need(game);
  const scaffold = await findScaffold(app, named);
  checkGame(scaffold, game);
  return scaffold;
}

function checkGame({ manifest }: LoadedScaffold, game: string): void {
  if (manifest.games === undefined || manifest.games.includes(game)) return;
  throw new ConfigError(
    `Scaffold ${manifest.name} is made for ${manifest.games.join(", ")}, not for ${game}. Choose another: --scaffold base`,
    { code: "wrong-scaffold" },
  );
}

/** What a run with that scaffold is given; the package is kept in the store. */
export async function runDependencies(
  app: App,
  game: string,
  scaffold: LoadedScaffold,
  { model, specialist }: PlayModels,
  options: Pick<PlayOptions, "signal" | "onEvent">,
): Promise<RunDependencies> {
  const store = await app.store();
  await keepScaffold(store, scaffold);
  return {
    store,
    openGame: () => openGame(app.registry, game, { automemVersion: app.version, environment: app.environment }),
    model,
    specialist,
    scaffold,
    clock: app.clock,
    automemVersion: app.version,
    callCache: new CallCache(app.home.calls),
    signal: options.signal,
    onEvent: options.onEvent,
  };
}
