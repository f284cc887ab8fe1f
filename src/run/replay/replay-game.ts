/** Plays the recorded actions of an episode again in the real game, without agent and model, and compares all that the game shows. */
import { observationEntry } from "../../agent/entries.ts";
import type { Game, GameStart, Transition } from "../../core/game.ts";
import type { Hash } from "../../core/hash.ts";
import type { JournalEntry } from "../../core/journal.ts";
import { canonicalJson } from "../../core/json.ts";
import { type Difference, firstDifference } from "../../store/first-difference.ts";
import { type EntryOf, type RecordedEpisode, RecordedSteps } from "./recorded-episode.ts";

type EpisodeEnd = Omit<EntryOf<"episode-end">, "kind">;

export interface GameReplay {
  /** Instruction, actions, default action and step limit. */
  start: Difference | undefined;
  /** Recorded observations, the first and the last counted, and those that came out equal. */
  observations: number;
  equal: number;
  first: { stepIndex: number; difference: Difference } | undefined;
  /** SHA-256 over all observations with progress, reward and info, as recorded and as shown. */
  recordedDigest: Hash;
  digest: Hash;
  /** How it ended, from what the game showed. */
  end: { recorded: EpisodeEnd | undefined; found: EpisodeEnd };
}

export interface GameReplayOptions {
  /** The run's own limit, if it had one. */
  maxSteps: number | undefined;
  signal?: AbortSignal | undefined;
  onStep?: ((stepIndex: number) => void) | undefined;
}

/**
 * Resets the game and plays every recorded action, until the recording or the game ends. `close` is not called. Throws what the game throws,
 * `StoreError`, and the signal's reason.
 */
export async function replayGame(
  game: Game,
  episode: RecordedEpisode,
  { maxSteps, signal, onStep }: GameReplayOptions,
): Promise<GameReplay> {
  const steps = await RecordedSteps.open(episode);
  try {
    const { start } = steps;
    const began = await game.reset({ task: start.task, seed: start.seed, options: start.gameOptions });
    const limit = Math.min(began.maxSteps, maxSteps ?? began.maxSteps);
    const tally = new ObservationTally();
    let shown: GameStart | Transition | undefined = began;
    let end: EpisodeEnd | undefined;
    let found: EpisodeEnd = { reason: "step-limit", steps: 0, progress: began.progress, episodeReturn: 0 };
    for (let step = await steps.next(); step !== undefined; step = await steps.next()) {
      signal?.throwIfAborted();
      const { stepIndex } = step.observation;
      tally.add(step.observation, shown && observationEntry(stepIndex, shown));
      end = step.entries.find((entry): entry is EntryOf<"episode-end"> => entry.kind === "episode-end") ?? end;
      if (step.action === undefined) break;
      const over: boolean = shown === undefined || ("reward" in shown && (shown.terminated || shown.truncated));
      if (over) {
        shown = undefined;
        continue;
      }
      onStep?.(stepIndex);
      const next = await game.step(step.action.action);
      shown = next;
      found = endAfter(found, next, stepIndex + 1);
    }
    return { start: startDifference(start, began, limit), ...tally.figures(), end: { recorded: plainEnd(end), found } };
  } finally {
    await steps.close();
  }
}

class ObservationTally {
  readonly #recorded = new Bun.CryptoHasher("sha256");
  readonly #found = new Bun.CryptoHasher("sha256");
  #observations = 0;
  #equal = 0;
  #first: GameReplay["first"];

  add(recorded: EntryOf<"observation">, found: JournalEntry | undefined): void {
    this.#observations += 1;
    this.#recorded.update(`${canonicalJson(recorded)}\n`);
    this.#found.update(`${found === undefined ? "" : canonicalJson(JSON.parse(JSON.stringify(found)))}\n`);
    const difference = firstDifference(recorded, found);
    if (difference === undefined) this.#equal += 1;
    else this.#first ??= { stepIndex: recorded.stepIndex, difference };
  }

  figures(): Pick<GameReplay, "observations" | "equal" | "first" | "recordedDigest" | "digest"> {
    return {
      observations: this.#observations,
      equal: this.#equal,
      first: this.#first,
      recordedDigest: this.#recorded.digest("hex"),
      digest: this.#found.digest("hex"),
    };
  }
}

function startDifference(start: EntryOf<"episode-start">, began: GameStart, maxSteps: number): Difference | undefined {
  const { instruction, actions, defaultAction } = began;
  const recorded = {
    instruction: start.instruction,
    actions: start.actions,
    defaultAction: start.defaultAction,
    maxSteps: start.maxSteps,
  };
  return firstDifference(recorded, { instruction, actions, defaultAction, maxSteps });
}

function endAfter(
  before: EpisodeEnd,
  { terminated, truncated, progress, reward }: Transition,
  steps: number,
): EpisodeEnd {
  const reason = terminated ? "terminated" : truncated ? "truncated" : "step-limit";
  return { reason, steps, progress, episodeReturn: before.episodeReturn + reward };
}

function plainEnd(end: EpisodeEnd | undefined): EpisodeEnd | undefined {
  if (end === undefined) return undefined;
  const { reason, steps, progress, episodeReturn } = end;
  return { reason, steps, progress, episodeReturn };
}
