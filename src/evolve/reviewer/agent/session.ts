/**
 * One review by a model with tools. Every reply of the model is in the log before it is used; tools are run again from the replies, so a
 * review that was killed goes on where it was and repeats no call.
 */
import * as v from "valibot";
import { ProviderError } from "../../../core/errors.ts";
import type { Json } from "../../../core/json.ts";
import type { ToolCall } from "../../../core/tool-calls.ts";
import type { References } from "../references.ts";
import type { Proposal, ReviewOutcome, ReviewSession, ReviewSpending } from "../reviewer.ts";
import { ReviewConversation } from "./conversation.ts";
import {
  beginText,
  failedText,
  notRunText,
  reminderText,
  sentBackText,
  systemText,
  turnsLeftText,
  unchangedText,
} from "./texts.ts";
import { cutResult, Finish, GiveUp, reviewTools, runTool } from "./tools.ts";
import { type TurnParts, TurnRecord, takeTurn } from "./turn.ts";
import { Workbench } from "./workbench.ts";

type None = Extract<ReviewOutcome, { kind: "none" }>;
type Reply = Extract<TurnRecord, { kind: "reply" }>;

export class AgentSession implements ReviewSession {
  readonly #parts: Omit<TurnParts, "conversation" | "spentMs" | "sinceMs">;
  readonly #conversation = new ReviewConversation(toolCharacters);
  readonly #bench: Workbench;
  readonly #transcript: Json[] = [];
  readonly #spent: ReviewSpending = { calls: 0, promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  #turn = 0;
  #spentMs = 0;
  #sinceMs: number;
  #reminders = 0;
  /** The call of `finish` that awaits its answer, and those after it. */
  #awaiting: ToolCall[] = [];

  constructor(parts: Omit<TurnParts, "conversation" | "spentMs" | "sinceMs">, references: References) {
    this.#parts = parts;
    this.#bench = new Workbench(parts.task, references);
    this.#sinceMs = parts.clock.monotonicMs();
  }

  propose(): Promise<ReviewOutcome> {
    const { task } = this.#parts;
    this.#conversation.add({ role: "system", content: systemText });
    this.#conversation.add({ role: "user", content: `${task.brief}\n\n${beginText(task.limits.turns)}` });
    return this.#work();
  }

  mend(problems: string): Promise<ReviewOutcome> {
    const [finish, ...later] = this.#awaiting;
    if (finish === undefined) throw new Error("mend was called without a proposal");
    this.#awaiting = [];
    this.#answer(finish, cutResult(sentBackText(problems)), later.length === 0);
    this.#skip(later);
    return this.#work();
  }

  transcript(): readonly Json[] {
    return this.#transcript;
  }

  spent(): ReviewSpending {
    return { ...this.#spent };
  }

  async close(): Promise<void> {
    // Nothing is held open; the model belongs to the reviewer.
  }

  async #work(): Promise<ReviewOutcome> {
    const { task, settings } = this.#parts;
    const { turns, tokens } = task.limits;
    for (;;) {
      if (this.#turn >= turns) return none("out-of-turns", `The review was not finished in ${turns} turns.`);
      const used = this.#spent.promptTokens + this.#spent.generatedTokens;
      if (tokens !== undefined && used >= tokens) {
        return none("out-of-tokens", `The review took ${used} of ${tokens} tokens and was not finished.`);
      }
      const record = await this.#nextTurn();
      if (record.kind === "ended") return none(record.code, record.reason);
      if (record.calls.length > 0) {
        this.#reminders = 0;
        const outcome = await this.#runCalls(record.calls);
        if (outcome !== undefined) return outcome;
        continue;
      }
      if (this.#reminders >= settings.reminders) {
        return none("no-proposal", `${this.#reminders + 1} replies in a row called no tool.`);
      }
      this.#reminders += 1;
      this.#remind(record);
    }
  }

  async #nextTurn(): Promise<TurnRecord> {
    const { task, clock } = this.#parts;
    this.#turn += 1;
    const parts = { ...this.#parts, conversation: this.#conversation, spentMs: this.#spentMs, sinceMs: this.#sinceMs };
    const record = await task.log.once(`turn-${this.#turn}`, TurnRecord, () => takeTurn(parts));
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
    const done = calls.length === 0 ? "no tool" : calls.map(describeCall).join("; ");
    this.#parts.task.onProgress?.(`turn ${this.#turn} of ${this.#parts.task.limits.turns}: ${done}`);
  }

  /** `undefined` to go on. */
  async #runCalls(calls: readonly ToolCall[]): Promise<ReviewOutcome | undefined> {
    for (const [index, call] of calls.entries()) {
      if (this.#parts.task.signal.aborted) throw new ProviderError("The review was stopped.", { code: "cancelled" });
      const last = index === calls.length - 1;
      if (call.kind === "malformed") {
        this.#answer(call, call.problem, last);
      } else if (call.name === "give_up") {
        const { reason } = v.parse(GiveUp, call.arguments);
        return none("no-proposal", reason);
      } else if (call.name === "finish") {
        const problem = await this.#problem();
        if (problem === undefined) {
          this.#awaiting = calls.slice(index);
          return { kind: "proposal", proposal: this.#proposal(v.parse(Finish, call.arguments)) };
        }
        this.#answer(call, cutResult(problem), last);
      } else {
        this.#answer(call, await runTool(call.name, call.arguments, this.#bench), last);
      }
    }
    return undefined;
  }

  async #problem(): Promise<string | undefined> {
    if (!this.#bench.changed()) return unchangedText;
    const findings = await this.#bench.examine();
    return findings.passed ? undefined : failedText(findings.text);
  }

  #proposal({ structuralChange, analysis, method }: v.InferOutput<typeof Finish>): Proposal {
    return { files: this.#bench.files(), structuralChange, analysis, method };
  }

  #skip(calls: readonly ToolCall[]): void {
    for (const [index, call] of calls.entries()) this.#answer(call, notRunText, index === calls.length - 1);
  }

  /** The last answer of a turn says how many are left. */
  #answer({ id, name }: ToolCall, text: string, last: boolean): void {
    const content = last ? `${text}\n\n${turnsLeftText(this.#turn, this.#parts.task.limits.turns)}` : text;
    this.#conversation.add({ role: "tool", callId: id, name, content });
    this.#transcript.push({ turn: this.#turn, tool: name, result: text });
  }

  #remind({ finishReason }: Reply): void {
    const text = reminderText(finishReason === "length", this.#parts.settings.maxTokens);
    const content = `${text}\n\n${turnsLeftText(this.#turn, this.#parts.task.limits.turns)}`;
    this.#conversation.add({ role: "user", content });
    this.#transcript.push({ turn: this.#turn, reminder: text });
  }
}

/** About what the tools take of a prompt; providers write them in their own ways. */
const toolCharacters = reviewTools.reduce(
  (sum, { name, description }) => sum + name.length + description.length + 300,
  0,
);

function none(code: None["code"], reason: string): None {
  return { kind: "none", code, reason };
}

function plainCall(call: ToolCall): Json {
  return call.kind === "call"
    ? { name: call.name, arguments: call.arguments }
    : { name: call.name, malformed: call.text, problem: call.problem };
}

function describeCall(call: ToolCall): string {
  if (call.kind === "malformed") return `${call.name} (malformed)`;
  const about = call.arguments.path ?? call.arguments.folder ?? call.arguments.text;
  return typeof about === "string" ? `${call.name} ${about.slice(0, 60)}` : call.name;
}
