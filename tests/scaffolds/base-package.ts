/** The base scaffold from the checkout, and recorded observations to show it. */
import { join } from "node:path";
import type { EpisodeContext, ScaffoldSession, StepContext } from "../../src/core/scaffold.ts";
import type { LoadedScaffold } from "../../src/scaffold/load-scaffold.ts";
import { loadPackage } from "./load-package.ts";

export function loadBase(): Promise<LoadedScaffold> {
  return loadPackage("base");
}

export interface Recorded {
  game: string;
  task: string;
  instruction: string;
  actions: [name: string, description: string][];
  defaultAction: string;
  observations: Record<string, { long: string; short: string }>;
}

/** What `name`.json of the fixtures holds; see SOURCE.md there. */
export async function recorded(name: string): Promise<Recorded> {
  return Bun.file(join(import.meta.dir, "..", "fixtures", "scaffolds", `${name}.json`)).json();
}

export interface BasePlay {
  session: ScaffoldSession;
  step: StepContext;
  files: Record<string, string>;
}

/** The base scaffold at step 5 of a recorded game, in front of the named observation. */
export async function playBase(
  game: Recorded,
  observation: string,
  changes: Partial<StepContext> = {},
): Promise<BasePlay> {
  const episode: EpisodeContext = {
    game: game.game,
    task: game.task,
    gameInstruction: game.instruction,
    actions: game.actions.map(([name, description]) => ({ name, description })),
    defaultAction: game.defaultAction,
    maxSteps: 2000,
    callsPerPhase: 10,
  };
  const session = await (await loadBase()).open(episode, 42);
  const files = session.initFiles();
  const step: StepContext = {
    stepIndex: 5,
    observation: game.observations[observation]!,
    previousObservation: game.observations[observation]!,
    outcome: {
      raw: "x",
      action: game.actions[1]![0],
      executed: game.actions[1]![0],
      valid: true,
      fallback: false,
      reward: 0,
    },
    progress: 0,
    unchangedSteps: 0,
    files: Object.entries(files).map(([name, text]) => ({
      name,
      characters: text.length,
      lines: text === "" ? 0 : text.trimEnd().split("\n").length,
    })),
    signals: {},
    ...changes,
  };
  session.onReset(step);
  return { session, step, files };
}
