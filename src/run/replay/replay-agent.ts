/**
 * Plays a recorded episode again with its scaffold, the recorded observations and the recorded replies: every prompt, operation and action that
 * the agent makes of them must be the recorded one. A model can be asked once more along the way; its replies are compared, and not played.
 */
import { playEpisode } from "../../agent/play-episode.ts";
import type { ChatMessage, ChatModel, ChatOptions, ChatReply } from "../../core/chat-model.ts";
import type { Hash } from "../../core/hash.ts";
import type { CallEntry, JournalEntry } from "../../core/journal.ts";
import type { Scaffold } from "../../core/scaffold.ts";
import { type Difference, firstDifference } from "../../store/first-difference.ts";
import { type RecordedEpisode, RecordedSteps } from "./recorded-episode.ts";
import { RecordedGame, RecordedModel, type ReplayPlace } from "./recorded-world.ts";

type Speaker = CallEntry["speaker"];

/** A model that is asked once more what was asked then. */
export interface AskedAgain {
  model: ChatModel;
  adapter?: Hash | undefined;
}

export interface AgentReplayOptions {
  /** By speaker; absent: no model is asked. */
  ask?: { base: AskedAgain; specialist?: AskedAgain | undefined } | undefined;
  /** As recorded; only read where a model is asked, since recorded replies need no grammar. */
  constrain?: boolean | undefined;
  /** The text of a reply that was held to a JSON grammar. */
  asText?: ((reply: ChatReply) => string) | undefined;
  /** Names the episode to the models, as in a run. */
  cacheKey?: string | undefined;
  signal?: AbortSignal | undefined;
  onCall?: ((calls: number, equal: number) => void) | undefined;
}

export interface CallPlace {
  stepIndex: number;
  phase: string;
  /** From 0 among the calls of that speaker in the phase. */
  callIndex: number;
  speaker: Speaker;
}

export interface AgentReplay {
  /** Entries of the agent's: prompts with replies, operations, signals, phase ends, actions. What the game showed is not among them. */
  entries: number;
  equal: number;
  /** Where it parted from the recording; what follows was not played. */
  first: { stepIndex: number; kind: string; difference: Difference } | undefined;
  /** Of the calls that were asked once more. */
  calls: { asked: number; equal: number; first: (CallPlace & { difference: Difference }) | undefined };
}

/** Deterministic but for the models asked. Throws `ConfigError` `empty-episode`, `ScaffoldError`, what the models throw, `EpisodeStopped`. */
export async function replayAgent(
  scaffold: Scaffold,
  episode: RecordedEpisode,
  options: AgentReplayOptions = {},
): Promise<AgentReplay> {
  const steps = await RecordedSteps.open(episode);
  const { start } = steps;
  let place: ReplayPlace | undefined;
  const game = new RecordedGame({
    name: episode.game,
    steps,
    limit: Number.POSITIVE_INFINITY,
    onStep: (next) => {
      place = next;
    },
    onAction: () => undefined,
  });
  const sink = new ComparingSink(episode.entries());
  const calls: AgentReplay["calls"] = { asked: 0, equal: 0, first: undefined };
  const speaking = (speaker: Speaker): ChatModel => {
    const recorded = new RecordedModel(speaker, () => place!);
    const asked = options.ask?.[speaker];
    return asked === undefined ? recorded : new AskingModel(recorded, asked, speaker, () => place!, calls, options);
  };
  try {
    await playEpisode({
      game,
      model: speaking("base"),
      specialist:
        episode.twoModels === true
          ? { model: speaking("specialist"), adapter: options.ask?.specialist?.adapter }
          : undefined,
      scaffold,
      spec: { task: start.task, seed: start.seed, options: start.gameOptions },
      settings: { ...episode.settings, ...(options.ask && options.constrain ? { constrain: true } : {}) },
      sink,
      cacheKey: options.cacheKey ?? "reproduce",
      signal: options.signal,
    });
    await sink.drain();
  } catch (thrown) {
    if (!(thrown instanceof Parted)) throw thrown;
  } finally {
    await game.close();
    await sink.close();
  }
  const { entries, equal, first } = sink;
  return { entries, equal, first, calls };
}

/** Ends a replay at its first difference; never leaves this file. */
class Parted extends Error {}

/** Compares the agent's entries with the recorded ones, in order. */
class ComparingSink {
  entries = 0;
  equal = 0;
  first: AgentReplay["first"];
  readonly #recorded: AsyncIterator<JournalEntry>;
  #pending: JournalEntry[] = [];

  constructor(recorded: AsyncIterable<JournalEntry>) {
    this.#recorded = recorded[Symbol.asyncIterator]();
  }

  add(entry: JournalEntry): void {
    if (isAgents(entry)) this.#pending.push(entry);
  }

  async commit(entry: JournalEntry): Promise<void> {
    this.add(entry);
    await this.drain();
  }

  async drain(): Promise<void> {
    const made = this.#pending;
    this.#pending = [];
    for (const entry of made) {
      const recorded = await this.#next();
      this.entries += 1;
      const difference = firstDifference(recorded, entry);
      if (difference === undefined) {
        this.equal += 1;
        continue;
      }
      this.first = { stepIndex: "stepIndex" in entry ? entry.stepIndex : 0, kind: entry.kind, difference };
      throw new Parted();
    }
  }

  async close(): Promise<void> {
    await this.#recorded.return?.();
  }

  async #next(): Promise<JournalEntry | undefined> {
    for (;;) {
      const { done, value } = await this.#recorded.next();
      if (done) return undefined;
      if (isAgents(value)) return value;
    }
  }
}

/** The replay's game shows the end as a truncation, so its entries say nothing; they are for `replayGame`. */
function isAgents({ kind }: JournalEntry): boolean {
  return kind !== "observation" && kind !== "episode-end";
}

/** Says the recorded reply, and asks the real model the same beside it. */
class AskingModel implements ChatModel {
  readonly #recorded: RecordedModel;
  readonly #asked: AskedAgain;
  readonly #speaker: Speaker;
  readonly #place: () => ReplayPlace;
  readonly #calls: AgentReplay["calls"];
  readonly #options: AgentReplayOptions;
  #at = "";
  #index = 0;

  constructor(
    recorded: RecordedModel,
    asked: AskedAgain,
    speaker: Speaker,
    place: () => ReplayPlace,
    calls: AgentReplay["calls"],
    options: AgentReplayOptions,
  ) {
    this.#recorded = recorded;
    this.#asked = asked;
    this.#speaker = speaker;
    this.#place = place;
    this.#calls = calls;
    this.#options = options;
  }

  get identity() {
    return this.#asked.model.identity;
  }

  get capabilities() {
    return this.#asked.model.capabilities;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const before = this.#recorded.extraCalls;
    const reply = await this.#recorded.chat(messages, options);
    if (this.#recorded.extraCalls > before) return reply;
    const { stepIndex } = this.#place();
    const phase = options.cacheKey?.endsWith("/log") ? "log" : "plan";
    const at = `${stepIndex}/${phase}`;
    this.#index = at === this.#at ? this.#index + 1 : 0;
    this.#at = at;
    const again = await this.#asked.model.chat(messages, { ...options, adapter: this.#asked.adapter });
    const text = options.grammar?.form === "json-schema" ? (this.#options.asText?.(again) ?? again.text) : again.text;
    const was = { reply: reply.text, finishReason: reply.finishReason };
    const difference = firstDifference(was, { reply: text, finishReason: again.finishReason });
    const calls = this.#calls;
    calls.asked += 1;
    if (difference === undefined) calls.equal += 1;
    else calls.first ??= { stepIndex, phase, callIndex: this.#index, speaker: this.#speaker, difference };
    this.#options.onCall?.(calls.asked, calls.equal);
    return reply;
  }

  countTokens(messages: readonly ChatMessage[]): Promise<number | undefined> {
    return this.#asked.model.countTokens(messages);
  }

  async close(): Promise<void> {
    await this.#recorded.close();
  }
}
