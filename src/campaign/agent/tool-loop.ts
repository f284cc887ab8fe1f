/**
 * A model works with tools until one of them ends the work. Every reply is in the log before it is used; tools are run again from the replies,
 * so work that was killed goes on where it was and repeats no call. What the tools are, and what is asked, is the caller's.
 */
import type { ReviewSpending } from "../../core/campaign.ts";
import type { DurableLog } from "../../core/durable-log.ts";
import { ProviderError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { ToolCall, ToolSpec } from "../../core/tool-calls.ts";
import type { Clock } from "../../platform/clock.ts";
import { ToolConversation } from "./conversation.ts";
import type { ToolModel } from "./tool-model.ts";
import { TurnRecord, takeTurn } from "./turn.ts";

export interface ToolLoopLimits {
  /** Replies of the model. */
  turns: number;
  /** Seconds of the whole work. */
  seconds: number;
  /** Tokens read and written. Absent: no limit. */
  tokens?: number | undefined;
}

/** A call that the model made, with arguments that fit the parameters of its tool. */
export type SoundCall = Extract<ToolCall, { kind: "call" }>;

/** A text for the model, or the end of the work. */
export type CallAnswer<Result> = { kind: "answer"; text: string } | { kind: "end"; result: Result };

export type ToolLoopOutcome<Result> =
  | { kind: "end"; result: Result }
  | { kind: "stopped"; code: StopCode; reason: string };

/** `too-long`: the conversation cannot be made to fit the model's context; `no-call`: too many replies in a row without a tool. */
export type StopCode = "out-of-turns" | "out-of-time" | "out-of-tokens" | "too-long" | "no-call";

export interface ToolLoopParts<Result> {
  /** What is done, in a word, for messages: `review`. */
  noun: string;
  model: ToolModel;
  /** All that the model is told of. */
  tools: readonly ToolSpec[];
  limits: ToolLoopLimits;
  clock: Clock;
  /** Calls that share it continue one conversation. */
  cacheKey: string;
  /** Keeps each turn as `turn-1`, `turn-2`, ... Absent: what was interrupted is asked anew. */
  log?: DurableLog | undefined;
  signal?: AbortSignal | undefined;
  /** Runs a tool. What is wrong with a call is an answer; what is thrown ends the work. */
  run(call: SoundCall): Promise<CallAnswer<Result>>;
  /** Told of each call that was malformed, before it is answered with its problem. What is thrown ends the work. */
  onMalformed?: ((call: Extract<ToolCall, { kind: "malformed" }>) => void) | undefined;
  texts: {
    /** After a reply without a call; `cut`: it was cut by the limit of its tokens. */
    reminder(cut: boolean): string;
    /** Stands below the last answer of a turn (from 1). */
    turnsLeft(turn: number): string;
  };
  /** What a call is about, for the screen. Default its name. */
  describe?: ((call: SoundCall) => string) | undefined;
  /** One line for the screen. */
  onProgress?: ((line: string) => void) | undefined;
}

type Reply = Extract<TurnRecord, { kind: "reply" }>;

/** Calls come one after another: `begin` once, then `goOn` after each end that is not to be the last word. */
export class ToolLoop<Result> {
  readonly #parts: ToolLoopParts<Result>;
  readonly #conversation: ToolConversation;
  readonly #transcript: Json[] = [];
  readonly #spent: ReviewSpending = { calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  #turn = 0;
  #spentMs = 0;
  #sinceMs: number;
  #reminders = 0;
  /** The call that ended the work and awaits its answer, and those after it. */
  #awaiting: ToolCall[] = [];

  constructor(parts: ToolLoopParts<Result>) {
    this.#parts = parts;
    this.#conversation = new ToolConversation(charactersOfTools(parts.tools));
    this.#sinceMs = parts.clock.monotonicMs();
  }

  /** Throws `ProviderError` for a call that failed or was stopped: the work is then owed. */
  begin(system: string, user: string): Promise<ToolLoopOutcome<Result>> {
    this.#conversation.add({ role: "system", content: system });
    this.#conversation.add({ role: "user", content: user });
    return this.#work();
  }

  /** Answers the call that ended the work, and works on. Throws as `begin`. */
  goOn(text: string): Promise<ToolLoopOutcome<Result>> {
    const [end, ...later] = this.#awaiting;
    if (end === undefined) throw new Error("goOn was called before an end");
    this.#awaiting = [];
    this.#answer(end, text, later.length === 0);
    const notRun = `Not run: it came after the end of the ${this.#parts.noun} in the same reply.`;
    for (const [index, call] of later.entries()) this.#answer(call, notRun, index === later.length - 1);
    return this.#work();
  }

  /** What was said and done, for people. */
  transcript(): readonly Json[] {
    return this.#transcript;
  }

  /** Live and replayed alike. */
  spent(): ReviewSpending {
    return { ...this.#spent };
  }

  async #work(): Promise<ToolLoopOutcome<Result>> {
    const { noun, limits, model } = this.#parts;
    const { turns, tokens } = limits;
    for (;;) {
      if (this.#turn >= turns) return stopped("out-of-turns", `The ${noun} was not finished in ${turns} turns.`);
      const used = this.#spent.promptTokens + this.#spent.generatedTokens;
      if (tokens !== undefined && used >= tokens) {
        return stopped("out-of-tokens", `The ${noun} took ${used} of ${tokens} tokens and was not finished.`);
      }
      const record = await this.#nextTurn();
      if (record.kind === "ended") {
        return stopped(record.code === "out-of-tokens" ? "too-long" : record.code, record.reason);
      }
      if (record.calls.length > 0) {
        this.#reminders = 0;
        const outcome = await this.#runCalls(record.calls);
        if (outcome !== undefined) return outcome;
        continue;
      }
      if (this.#reminders >= model.settings.reminders) {
        return stopped("no-call", `${this.#reminders + 1} replies in a row called no tool.`);
      }
      this.#reminders += 1;
      this.#remind(record);
    }
  }

  async #nextTurn(): Promise<TurnRecord> {
    const { clock, log, limits } = this.#parts;
    this.#turn += 1;
    const parts = {
      ...this.#parts,
      limitSeconds: limits.seconds,
      conversation: this.#conversation,
      spentMs: this.#spentMs,
      sinceMs: this.#sinceMs,
    };
    const take = (): Promise<TurnRecord> => takeTurn(parts);
    const record = log === undefined ? await take() : await log.once(`turn-${this.#turn}`, TurnRecord, take);
    this.#spentMs += record.ms;
    this.#sinceMs = clock.monotonicMs();
    if (record.kind === "reply") this.#take(record);
    return record;
  }

  #take(record: Reply): void {
    const { text, calls, carried, promptTokens, cachedTokens, generatedTokens, leftOut } = record;
    this.#conversation.restore(leftOut);
    if (record.counted) this.#conversation.learn(promptTokens);
    this.#conversation.add({ role: "assistant", content: text, calls, ...(carried === undefined ? {} : { carried }) });
    this.#spent.calls += 1;
    this.#spent.promptTokens += promptTokens;
    this.#spent.cachedTokens += cachedTokens;
    this.#spent.generatedTokens += generatedTokens;
    const usage = { promptTokens, cachedTokens, generatedTokens };
    this.#transcript.push({ turn: this.#turn, said: text, calls: calls.map(plainCall), usage, leftOut });
    const done = calls.length === 0 ? "no tool" : calls.map((call) => this.#describe(call)).join("; ");
    this.#parts.onProgress?.(`turn ${this.#turn} of ${this.#parts.limits.turns}: ${done}`);
  }

  /** `undefined` to go on. */
  async #runCalls(calls: readonly ToolCall[]): Promise<ToolLoopOutcome<Result> | undefined> {
    const { noun, signal } = this.#parts;
    for (const [index, call] of calls.entries()) {
      if (signal?.aborted === true) throw new ProviderError(`The ${noun} was stopped.`, { code: "cancelled" });
      const last = index === calls.length - 1;
      if (call.kind === "malformed") {
        this.#parts.onMalformed?.(call);
        this.#answer(call, call.problem, last);
        continue;
      }
      const answer = await this.#parts.run(call);
      if (answer.kind === "end") {
        this.#awaiting = calls.slice(index);
        return answer;
      }
      this.#answer(call, answer.text, last);
    }
    return undefined;
  }

  /** The last answer of a turn says how many are left. */
  #answer({ id, name }: ToolCall, text: string, last: boolean): void {
    const content = last ? `${text}\n\n${this.#parts.texts.turnsLeft(this.#turn)}` : text;
    this.#conversation.add({ role: "tool", callId: id, name, content });
    this.#transcript.push({ turn: this.#turn, tool: name, result: text });
  }

  #remind({ finishReason }: Reply): void {
    const { texts } = this.#parts;
    const text = texts.reminder(finishReason === "length");
    this.#conversation.add({ role: "user", content: `${text}\n\n${texts.turnsLeft(this.#turn)}` });
    this.#transcript.push({ turn: this.#turn, reminder: text });
  }

  #describe(call: ToolCall): string {
    return call.kind === "malformed" ? `${call.name} (malformed)` : (this.#parts.describe?.(call) ?? call.name);
  }
}

/** About what the tools take of a prompt; providers write them in their own ways. */
function charactersOfTools(tools: readonly ToolSpec[]): number {
  return tools.reduce((sum, { name, description }) => sum + name.length + description.length + 300, 0);
}

function stopped(code: StopCode, reason: string): ToolLoopOutcome<never> {
  return { kind: "stopped", code, reason };
}

function plainCall(call: ToolCall): Json {
  return call.kind === "call"
    ? { name: call.name, arguments: call.arguments }
    : { name: call.name, malformed: call.text, problem: call.problem };
}
