/** The journal entries that say what the episode is and what the game showed. */
import type { EpisodeSpec, GameStart, Transition } from "../core/game.ts";
import type { JournalEntry } from "../core/journal.ts";
import type { Scaffold } from "../core/scaffold.ts";

/** The first entry. `files` is the memory folder before the first step. */
export function startEntry(
  { spec, scaffold }: { spec: EpisodeSpec; scaffold: Scaffold },
  start: GameStart,
  maxSteps: number,
  files: { [file: string]: string },
): JournalEntry {
  const { name, version } = scaffold.manifest;
  return {
    kind: "episode-start",
    task: spec.task,
    seed: spec.seed,
    gameOptions: spec.options,
    instruction: start.instruction,
    actions: start.actions,
    defaultAction: start.defaultAction,
    maxSteps,
    scaffold: { name, version, hash: scaffold.hash },
    files,
  };
}

/** What the game showed at `stepIndex`: after reset, or after the action of the step before. */
export function observationEntry(stepIndex: number, shown: GameStart | Transition): JournalEntry {
  const { observation, progress, info } = shown;
  const entry = { kind: "observation" as const, stepIndex, observation, progress, info };
  if (!("reward" in shown)) return entry;
  const { reward, terminated, truncated, valid, executed } = shown;
  return { ...entry, transition: { reward, terminated, truncated, valid, executed } };
}
