/** Counts of one phase over an episode. */
import type { CallEntry, JournalEntry } from "../core/journal.ts";
import type { PhaseFigures } from "./figures.ts";
import { Tally } from "./tally.ts";

type OperationEntry = Extract<JournalEntry, { kind: "operation" }>;
type TokenKind = "promptTokens" | "cachedTokens" | "generatedTokens";

export class PhaseCounter {
  #calls = 0;
  #cutReplies = 0;
  #contextCharacters = 0;
  #largest = 0;
  /** Characters of the conversation under way, with its last reply. */
  #conversation = 0;
  readonly #tokens: Record<TokenKind, Tally> = {
    promptTokens: new Tally(),
    cachedTokens: new Tally(),
    generatedTokens: new Tally(),
  };
  readonly #operations = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #ends = new Map<string, number>();

  addCall(call: CallEntry): void {
    const added = call.added.reduce((sum, { content }) => sum + content.length, 0);
    const sent = (call.fresh ? 0 : this.#conversation) + added;
    this.#conversation = sent + (call.kept ?? call.reply).length;
    this.#calls++;
    this.#contextCharacters += sent;
    this.#largest = Math.max(this.#largest, sent);
    if (call.finishReason === "length") this.#cutReplies++;
    for (const kind of ["promptTokens", "cachedTokens", "generatedTokens"] as const)
      this.#tokens[kind].add(call.usage[kind]);
  }

  /** An operation of the model. */
  addOperation(operation: OperationEntry): void {
    if (operation.failure !== undefined) increase(this.#failures, operation.failure);
    if (operation.status === "malformed") return;
    increase(this.#operations, operation.name);
    if (operation.status === "refused") increase(this.#refused, operation.name);
  }

  addEnd(reason: string): void {
    increase(this.#ends, reason);
  }

  get calls(): number {
    return this.#calls;
  }

  get contextCharacters(): number {
    return this.#contextCharacters;
  }

  get formatFailures(): number {
    return [...this.#failures.values()].reduce((sum, count) => sum + count, 0);
  }

  figures(): PhaseFigures {
    const { promptTokens, cachedTokens, generatedTokens } = this.#tokens;
    return {
      calls: this.#calls,
      cutReplies: this.#cutReplies,
      contextCharacters: this.#contextCharacters,
      largestContextCharacters: this.#largest,
      ...(promptTokens.sum !== undefined && { promptTokens: promptTokens.sum }),
      ...(cachedTokens.sum !== undefined && { cachedTokens: cachedTokens.sum }),
      ...(generatedTokens.sum !== undefined && { generatedTokens: generatedTokens.sum }),
      unknownPromptTokens: promptTokens.unknown,
      unknownCachedTokens: cachedTokens.unknown,
      unknownGeneratedTokens: generatedTokens.unknown,
      operations: Object.fromEntries(this.#operations),
      refused: Object.fromEntries(this.#refused),
      formatFailures: Object.fromEntries(this.#failures),
      ends: Object.fromEntries(this.#ends),
    };
  }
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
