/** Plays a recorded episode again through a game and finds the first thing that differs. */
import type { Game, GameStart, Transition } from "../../core/game.ts";
import type { GoldenEpisode, GoldenMeta, GoldenStep } from "./golden-file.ts";

/** The first difference of an episode. */
export interface GoldenDifference {
  /** -1 at the reset, else the step's index. */
  stepIndex: number;
  /** The action of that step, as recorded. */
  action: string | undefined;
  /** Name of the field, as in the recording. */
  field: string;
  expected: unknown;
  actual: unknown;
}

interface Pair {
  field: string;
  expected: unknown;
  actual: unknown;
}

/** `undefined` if everything is equal. Throws what the game throws. */
export async function replayGolden(game: Game, episode: GoldenEpisode): Promise<GoldenDifference | undefined> {
  const { meta, reset, steps } = episode;
  const options = meta.tree === undefined ? {} : { text: meta.tree };
  const start = await game.reset({ task: meta.task, seed: meta.seed, options });
  const atReset = firstUnequal([...startPairs(meta, start), ...observationPairs(reset, start)]);
  if (atReset !== undefined) return { stepIndex: -1, action: undefined, ...atReset };
  for (const [stepIndex, step] of steps.entries()) {
    const unequal = firstUnequal(stepPairs(step, await game.step(step.action)));
    if (unequal !== undefined) return { stepIndex, action: step.action, ...unequal };
  }
  return undefined;
}

function startPairs(meta: GoldenMeta, start: GameStart): Pair[] {
  const pairs: Pair[] = [
    { field: "actions", expected: meta.actions, actual: start.actions.map((action) => action.name) },
    { field: "default_action", expected: meta.default_action, actual: start.defaultAction },
  ];
  if (meta.max_steps !== undefined)
    pairs.push({ field: "max_steps", expected: meta.max_steps, actual: start.maxSteps });
  return pairs;
}

function observationPairs(
  recorded: { obs_long: string; obs_short: string; progression: number },
  seen: GameStart | Transition,
): Pair[] {
  return [
    { field: "obs_long", expected: recorded.obs_long, actual: seen.observation.long },
    { field: "obs_short", expected: recorded.obs_short, actual: seen.observation.short },
    { field: "progression", expected: recorded.progression, actual: seen.progress },
  ];
}

function stepPairs(step: GoldenStep, seen: Transition): Pair[] {
  return [
    { field: "valid", expected: step.valid, actual: seen.valid },
    { field: "executed", expected: step.executed ?? step.action, actual: seen.executed },
    ...observationPairs(step, seen),
    { field: "reward", expected: step.reward, actual: seen.reward },
    { field: "terminated", expected: step.terminated, actual: seen.terminated },
    { field: "truncated", expected: step.truncated, actual: seen.truncated },
  ];
}

function firstUnequal(pairs: readonly Pair[]): Pair | undefined {
  return pairs.find(({ expected, actual }) => JSON.stringify(expected) !== JSON.stringify(actual));
}
