/**
 * A model that gives the recorded replies while an episode is replayed, and asks the real model after. No committed call is made twice.
 * Each recorded reply is given only for the very messages it was made for.
 */
import type { ChatMessage, ChatModel, ChatOptions, ChatReply, Usage } from "../core/chat-model.ts";
import { ProviderError } from "../core/errors.ts";
import type { CallEntry, JournalEntry } from "../core/journal.ts";
import { diverged } from "../store/journal-recording.ts";

/** The journal, as far as a replay needs it. */
export interface Recording {
  readonly replaying: boolean;
  next(): JournalEntry | undefined;
}

/** A call that was really made. */
export interface LiveCall {
  speaker: CallEntry["speaker"];
  usage: Usage;
  totalMs: number;
  firstTokenMs?: number | undefined;
}

/** What the models of an episode share while it is replayed, since they speak in one conversation. */
export interface RecordedTalk {
  /** The recorded conversation so far, its last reply included. */
  said: ChatMessage[];
}

/** The model of one speaker. */
export interface SpeakingModel {
  speaker: CallEntry["speaker"];
  /** May be shared, and is not closed here. */
  model: ChatModel;
}

export class ReplayModel implements ChatModel {
  readonly #speaker: CallEntry["speaker"];
  readonly #model: ChatModel;
  readonly #recording: Recording;
  readonly #talk: RecordedTalk;
  readonly #onLiveCall: (call: LiveCall) => void;
  readonly #beforeLiveCall: () => void;

  /** One for each speaker of an episode, with one `talk`. `beforeLiveCall` may throw, to forbid the call. */
  constructor(
    { speaker, model }: SpeakingModel,
    recording: Recording,
    talk: RecordedTalk,
    onLiveCall: (call: LiveCall) => void,
    beforeLiveCall: () => void = () => undefined,
  ) {
    this.#speaker = speaker;
    this.#model = model;
    this.#talk = talk;
    this.#recording = recording;
    this.#onLiveCall = onLiveCall;
    this.#beforeLiveCall = beforeLiveCall;
  }

  get identity() {
    return this.#model.identity;
  }

  get capabilities() {
    return this.#model.capabilities;
  }

  /** Throws what the model throws; in a replay `StoreError` `replay-diverged`, or the recorded overflow again. */
  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    if (this.#recording.replaying) return this.#replay(messages);
    this.#beforeLiveCall();
    const reply = await this.#model.chat(messages, options);
    if (reply.fromCache) return reply;
    const { totalMs, firstTokenMs } = reply.timings;
    this.#onLiveCall({ speaker: this.#speaker, usage: reply.usage, totalMs, firstTokenMs });
    return reply;
  }

  countTokens(messages: readonly ChatMessage[]): Promise<number | undefined> {
    return this.#model.countTokens(messages);
  }

  close(): Promise<void> {
    return this.#model.close();
  }

  #replay(messages: readonly ChatMessage[]): ChatReply {
    const next = this.#recording.next();
    const recorded = next?.kind === "call" && next.speaker === this.#speaker ? this.#conversation(next) : undefined;
    if (next?.kind === "call" && recorded !== undefined && isEqual(recorded, messages)) {
      const { reply, kept, finishReason, usage } = next;
      this.#talk.said = [...recorded, { role: "assistant", content: kept ?? reply }];
      return { text: reply, finishReason, usage, timings: { totalMs: 0 } };
    }
    if (this.#wasOverflow(next, messages)) {
      throw new ProviderError("The conversation did not fit the model's context when this was recorded.", {
        code: "context-overflow",
      });
    }
    throw diverged(recorded ? { ...next, messages: recorded } : next, {
      ...next,
      kind: "call",
      speaker: this.#speaker,
      messages,
    });
  }

  /** What the recorded call was asked. */
  #conversation(call: CallEntry): ChatMessage[] {
    return call.fresh ? call.added : [...this.#talk.said, ...call.added];
  }

  /**
   * A call that overflowed left no entry. What follows it tells: LOG ended for want of room (after the scaffold's own writes), or the
   * conversation began anew. If it was something else after all, the next entry will not match.
   */
  #wasOverflow(next: JournalEntry | undefined, messages: readonly ChatMessage[]): boolean {
    const { said } = this.#talk;
    const goesOn = messages.length > said.length && isEqual(said, messages.slice(0, said.length));
    if (!goesOn || said.length === 0) return false;
    if (next?.kind === "call") return next.fresh && next.callIndex > 0 && next.speaker === this.#speaker;
    if (next?.kind === "operation") return next.actor === "scaffold" && next.phase === "log";
    return next?.kind === "phase-end" && next.reason === "context-full";
  }
}

function isEqual(one: readonly ChatMessage[], other: readonly ChatMessage[]): boolean {
  return (
    one.length === other.length &&
    one.every((message, index) => message.role === other[index]?.role && message.content === other[index]?.content)
  );
}
