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
  usage: Usage;
  totalMs: number;
  firstTokenMs?: number | undefined;
}

export class ReplayModel implements ChatModel {
  readonly #model: ChatModel;
  readonly #recording: Recording;
  readonly #onLiveCall: (call: LiveCall) => void;
  readonly #beforeLiveCall: () => void;
  /** The recorded conversation so far, its last reply included. */
  #said: ChatMessage[] = [];

  /** One for each episode; `model` may be shared and is not closed here. `beforeLiveCall` may throw, to forbid the call. */
  constructor(
    model: ChatModel,
    recording: Recording,
    onLiveCall: (call: LiveCall) => void,
    beforeLiveCall: () => void = () => undefined,
  ) {
    this.#model = model;
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
    this.#onLiveCall({ usage: reply.usage, totalMs: reply.timings.totalMs, firstTokenMs: reply.timings.firstTokenMs });
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
    const recorded = next?.kind === "call" ? this.#conversation(next) : undefined;
    if (next?.kind === "call" && recorded !== undefined && isEqual(recorded, messages)) {
      const { reply, finishReason, usage } = next;
      this.#said = [...recorded, { role: "assistant", content: reply }];
      return { text: reply, finishReason, usage, timings: { totalMs: 0 } };
    }
    if (this.#wasOverflow(next, messages)) {
      throw new ProviderError("The conversation did not fit the model's context when this was recorded.", {
        code: "context-overflow",
      });
    }
    throw diverged(recorded ? { ...next, messages: recorded } : next, { ...next, kind: "call", messages });
  }

  /** What the recorded call was asked. */
  #conversation(call: CallEntry): ChatMessage[] {
    return call.fresh ? call.added : [...this.#said, ...call.added];
  }

  /**
   * A call that overflowed left no entry. What follows it tells: LOG ended for want of room (after the scaffold's own writes), or the
   * conversation began anew. If it was something else after all, the next entry will not match.
   */
  #wasOverflow(next: JournalEntry | undefined, messages: readonly ChatMessage[]): boolean {
    const goesOn = messages.length > this.#said.length && isEqual(this.#said, messages.slice(0, this.#said.length));
    if (!goesOn || this.#said.length === 0) return false;
    if (next?.kind === "call") return next.fresh && next.callIndex > 0;
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
