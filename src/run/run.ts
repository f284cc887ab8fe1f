/**
 * Runs: the episodes planned, played by parallel workers, recorded one by one. A run that was stopped or killed goes on where it was:
 * finished episodes stay, episodes under way are replayed from their journals with no model call.
 */
import type { Specialist } from "../agent/play-episode.ts";
import { AutomemError, ConfigError } from "../core/errors.ts";
import type { Game } from "../core/game.ts";
import type { RunRecord, SpecialistIdentity } from "../core/records.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { newRunId } from "../store/run-id.ts";
import type { OpenRun } from "../store/runs.ts";
import type { RunDependencies } from "./dependencies.ts";
import { GameSlot } from "./game-slot.ts";
import type { RunSummary } from "./summary.ts";
import { playRun } from "./workers.ts";

export interface RunRequest {
  /** The run's name, where the caller must know it before; else one is made up. */
  id?: string | undefined;
  settings: RunSettings;
  /** Kept with the run, for people. */
  commandLine: readonly string[];
}

/**
 * Plans and plays a new run: each task with each seed, seed by seed, so that a run cut short has all tasks about equally often.
 * Throws what opening the game throws, `ConfigError` for a task or option the game refuses, and `StoreError` when nothing can be recorded;
 * failed episodes are in the summary.
 */
export async function startRun(dependencies: RunDependencies, request: RunRequest): Promise<RunSummary> {
  const { store, clock, model, specialist, scaffold, automemVersion } = dependencies;
  const { settings, commandLine } = request;
  const slot = new GameSlot(dependencies.openGame);
  try {
    const game = await slot.get();
    const tasks = settings.tasks ?? game.tasks.map(({ id }) => id);
    await checkPlayable(slot, settings);
    const record: RunRecord = {
      schema: "automem.run/1",
      settings,
      game: game.identity,
      model: model.identity,
      ...(specialist && { specialist: specialistIdentity(specialist) }),
      scaffold: scaffold.hash,
      automemVersion,
      episodes: settings.seeds.flatMap((seed) => tasks.map((task) => ({ task, seed }))),
    };
    const createdMs = clock.nowMs();
    const id = request.id ?? newRunId(settings.game, createdMs);
    const run = await store.runs.create({ id, record, createdMs, commandLine });
    return await playLocked(dependencies, run, slot, false);
  } finally {
    await slot.drop();
  }
}

/**
 * Starts each task that was named, so that a wrong task or option is found before a run is recorded that could never be played.
 * Throws `ConfigError`. A game that breaks is left to the episode, which is then owed.
 */
async function checkPlayable(slot: GameSlot, { tasks, gameOptions, seeds }: RunSettings): Promise<void> {
  const game = await slot.get();
  const first = game.tasks[0];
  const asked = tasks ?? (Object.keys(gameOptions).length > 0 && first ? [first.id] : []);
  for (const task of asked) {
    try {
      await (await slot.get()).reset({ task, seed: seeds[0] ?? 0, options: gameOptions });
    } catch (fault) {
      if (fault instanceof ConfigError || !(fault instanceof AutomemError)) throw fault;
      await slot.drop();
    }
  }
}

/**
 * Goes on with a run. Throws `ConfigError`: `unknown-run`, `run-changed` (game, model, specialist or scaffold are not those it was made with);
 * `StoreError` `run-held` while another process plays it; else as `startRun`.
 */
export async function resumeRun(dependencies: RunDependencies, runId: string): Promise<RunSummary> {
  const run = await dependencies.store.runs.open(runId);
  const slot = new GameSlot(dependencies.openGame);
  try {
    checkUnchanged(run, dependencies, await slot.get());
    return await playLocked(dependencies, run, slot, true);
  } finally {
    await slot.drop();
  }
}

async function playLocked(
  dependencies: RunDependencies,
  run: OpenRun,
  first: GameSlot,
  resumed: boolean,
): Promise<RunSummary> {
  const lock = await run.folder.lock(dependencies.clock.nowMs());
  try {
    return await playRun(dependencies, run, first, resumed);
  } finally {
    lock.release();
  }
}

/** What is recorded of a specialist. */
export function specialistIdentity({ model, adapter }: Specialist): SpecialistIdentity {
  return { model: model.identity, ...(adapter !== undefined && { adapter }) };
}

/** A resumed run must be the same experiment. What only may matter (package versions, automem's own) is left to the replay to find out. */
function checkUnchanged(run: OpenRun, { model, specialist, scaffold }: RunDependencies, game: Game): void {
  const { record } = run;
  const pairs: [string, string | undefined, string | undefined][] = [
    ["game", record.game.name, game.identity.name],
    ["game version", record.game.version, game.identity.version],
    ["game plugin", record.game.pluginHash, game.identity.pluginHash],
    ["model", record.model.name, model.identity.name],
    ["model weights", record.model.digest, model.identity.digest],
    ["specialist", record.specialist?.model.name ?? "none", specialist?.model.identity.name ?? "none"],
    ["specialist weights", record.specialist?.model.digest, specialist?.model.identity.digest],
    ["adapter", record.specialist?.adapter, specialist?.adapter],
    ["scaffold", record.scaffold, scaffold.hash],
  ];
  const changed = pairs.filter(([, planned, present]) => planned !== present);
  if (changed.length === 0) return;
  const list = changed.map(
    ([name, planned, present]) => `${name} was ${planned ?? "unknown"}, is ${present ?? "unknown"}`,
  );
  throw new ConfigError(
    `Run ${run.folder.id} cannot go on, since it would mix two experiments: ${list.join("; ")}. Bring back what it was made with, or start a new run.`,
    { code: "run-changed", data: { runId: run.folder.id, changed: changed.map(([name]) => name) } },
  );
}
