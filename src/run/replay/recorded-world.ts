/**
 * The game and the model of a replay: they show what was shown and say what was said, whatever the scaffold under test does. Where it asks
 * for more than was recorded, LOG is answered with DONE and PLAN with the recorded action.
 */
import type { ChatMessage, ChatModel, ChatOptions, ChatReply, ModelCapabilities } from "../../core/chat-model.ts";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import type { Game, GameStart, Transition } from "../../core/game.ts";
import type { CallEntry } from "../../core/journal.ts";
import type { Phase } from "../../core/memory-op.ts";
import type { RecordedStep, RecordedSteps } from "./recorded-episode.ts";

/** Where a replay stands, for its game, its model and its reader. */
export interface ReplayPlace {
  stepIndex: number;
  step: RecordedStep;
}

export interface RecordedGameOptions {
  name: string;
  steps: RecordedSteps;
  /** Steps at most. */
  limit: number;
  /** Called before a step is shown. */
  onStep(place: ReplayPlace): void;
  /** Called when the action of a step was chosen. */
  onAction(): void;
}

/** Shows the recorded observations. The end of what is to be replayed is a truncation. */
export class RecordedGame implements Game {
  readonly identity: Game["identity"];
  readonly tasks: Game["tasks"] = [];
  readonly #options: RecordedGameOptions;
  #stepIndex = 0;
  /** True once the recording's last step was replayed. */
  atEnd = false;

  constructor(options: RecordedGameOptions) {
    this.#options = options;
    this.identity = { name: options.name, version: "0", pluginHash: "", packages: {}, clockFrozen: null };
  }

  async reset(): Promise<GameStart> {
    const { start } = this.#options.steps;
    const step = await this.#options.steps.next();
    if (step?.action === undefined) {
      throw new ConfigError("The recording holds no finished step: there is nothing to replay.", {
        code: "empty-episode",
      });
    }
    this.#options.onStep({ stepIndex: 0, step });
    const { observation, progress, info } = step.observation;
    const { instruction, actions, defaultAction, maxSteps } = start;
    return { observation, progress, info, instruction, actions, defaultAction, maxSteps };
  }

  async step(): Promise<Transition> {
    this.#options.onAction();
    this.#stepIndex += 1;
    const step = await this.#options.steps.next();
    const transition = step?.observation.transition;
    if (step === undefined || transition === undefined) {
      this.atEnd = true;
      return nothingMore;
    }
    this.atEnd = step.action === undefined;
    const { observation, progress, info } = step.observation;
    const ends = step.action === undefined || this.#stepIndex >= this.#options.limit;
    if (!ends) this.#options.onStep({ stepIndex: this.#stepIndex, step });
    return { ...transition, observation, progress, info, terminated: false, truncated: ends };
  }

  async render(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    await this.#options.steps.close();
  }
}

/** The recording ends with an action. */
const nothingMore: Transition = {
  observation: { long: "", short: "" },
  reward: 0,
  terminated: false,
  truncated: true,
  progress: 0,
  valid: true,
  executed: "",
  info: {},
};

const capabilities: ModelCapabilities = {
  overflow: "error",
  seed: true,
  cachedTokens: true,
  streaming: false,
  grammar: "none",
  adapters: "none",
};

/** Says the recorded replies of one speaker, by step, phase and call. */
export class RecordedModel implements ChatModel {
  readonly identity = { name: "recorded", provider: "recorded" };
  readonly capabilities = capabilities;
  /** Calls for which there was no recorded reply. */
  extraCalls = 0;
  readonly #speaker: CallEntry["speaker"];
  readonly #place: () => ReplayPlace;
  #stepIndex = -1;
  #made: Record<Phase, number> = { log: 0, plan: 0 };

  constructor(speaker: CallEntry["speaker"], place: () => ReplayPlace) {
    this.#speaker = speaker;
    this.#place = place;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const { stepIndex, step } = this.#place();
    if (stepIndex !== this.#stepIndex) this.#made = { log: 0, plan: 0 };
    this.#stepIndex = stepIndex;
    const phase: Phase = options.cacheKey?.endsWith("/log") ? "log" : "plan";
    const index = this.#made[phase];
    const calls = step.entries.filter(
      (entry): entry is CallEntry => entry.kind === "call" && entry.phase === phase && entry.speaker === this.#speaker,
    );
    if (messages.length > 1 && overflowed(step, phase, calls, index)) {
      throw new ProviderError("The conversation did not fit the model's context when this was recorded.", {
        code: "context-overflow",
      });
    }
    this.#made[phase] += 1;
    const call = calls[index];
    if (call !== undefined) {
      return { text: call.reply, finishReason: call.finishReason, usage: call.usage, timings: { totalMs: 0 } };
    }
    this.extraCalls += 1;
    const usage = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
    return { text: this.#ending(phase, step), finishReason: "stop", usage, timings: { totalMs: 0 } };
  }

  async countTokens(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  #ending(phase: Phase, { action }: RecordedStep): string {
    return phase === "log" ? "<|DONE|>" : `<|ACTION|>${action?.raw || action?.action}<|END|>`;
  }
}

/** A call that overflowed left no entry: the conversation began anew with the next one, or LOG ended for want of room. */
function overflowed(step: RecordedStep, phase: Phase, calls: readonly CallEntry[], index: number): boolean {
  const next = calls[index];
  if (next !== undefined) return next.fresh && next.callIndex > 0;
  return step.entries.some(
    (entry) => entry.kind === "phase-end" && entry.phase === phase && entry.reason === "context-full",
  );
}
