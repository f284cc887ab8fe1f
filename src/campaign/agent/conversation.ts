/**
 * A conversation with tools, kept whole, and shown with its oldest large pieces left out where it would not fit the model's context.
 * How many are left out is one number, recorded with each turn, so that work that goes on later shows the same.
 */
import type { JsonObject } from "../../core/json.ts";
import type { ToolCall, ToolMessage } from "../../core/tool-calls.ts";

/** Results and written texts shorter than this stay for ever. */
const SMALL_CHARACTERS = 400;
/** A text that has once been too long is shortened to this share of what fits, so that the kept head stays the same for some turns. */
const ROOM_SHARE = 0.6;
/** Characters a token where nothing is known yet: too few rather than too many. */
const FIRST_CHARACTERS_PER_TOKEN = 3;

export class ToolConversation {
  readonly #messages: ToolMessage[] = [];
  /** Beside the messages: the tools, as the model is told of them. */
  readonly #toolCharacters: number;
  #leftOut = 0;
  #charactersPerToken = FIRST_CHARACTERS_PER_TOKEN;

  constructor(toolCharacters: number) {
    this.#toolCharacters = toolCharacters;
  }

  add(message: ToolMessage): void {
    this.#messages.push(message);
  }

  /** How many large pieces are left out, oldest first. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Goes back to what a recorded turn showed. */
  restore(leftOut: number): void {
    this.#leftOut = leftOut;
  }

  /** What the model is shown. */
  shown(): ToolMessage[] {
    let toLeave = this.#leftOut;
    const leave = (large: boolean): boolean => {
      if (!large || toLeave === 0) return false;
      toLeave -= 1;
      return true;
    };
    return this.#messages.map((message) => {
      if (message.role === "tool") {
        return leave(isLarge(message.content)) ? { ...message, content: mark(message.content) } : message;
      }
      if (message.role !== "assistant") return message;
      return {
        ...message,
        calls: message.calls.map((call) => (leave(hasLargeText(call)) ? withoutTexts(call) : call)),
      };
    });
  }

  /** Tokens that what is shown has, about. */
  estimateTokens(): number {
    return Math.ceil(this.#shownCharacters() / this.#charactersPerToken);
  }

  /** Learns from what a server counted for what was shown last. */
  learn(promptTokens: number | undefined): void {
    if (promptTokens === undefined || promptTokens === 0) return;
    this.#charactersPerToken = Math.min(6, Math.max(1.5, this.#shownCharacters() / promptTokens));
  }

  /** Leaves pieces out if the estimate is above `tokens`: the latest turn's only if it cannot fit otherwise. */
  fit(tokens: number): void {
    if (this.estimateTokens() <= tokens) return;
    this.#shorten(tokens * ROOM_SHARE, this.#savings(false));
    this.#shorten(tokens, this.#savings(true));
  }

  /** After a server said that it did not fit. False if there is nothing left to leave out. */
  shrink(): boolean {
    const before = this.#leftOut;
    const tokens = this.estimateTokens() * ROOM_SHARE;
    this.#shorten(tokens, this.#savings(false));
    if (this.#leftOut === before) this.#shorten(tokens, this.#savings(true));
    return this.#leftOut > before;
  }

  #shorten(tokens: number, savings: readonly number[]): void {
    let characters = this.#shownCharacters();
    while (this.#leftOut < savings.length && Math.ceil(characters / this.#charactersPerToken) > tokens) {
      characters -= savings[this.#leftOut] as number;
      this.#leftOut += 1;
    }
  }

  /** Characters that leaving out each large piece saves, oldest first; with or without the latest turn's. */
  #savings(withLatest: boolean): number[] {
    const latest = this.#messages.findLastIndex(({ role }) => role === "assistant");
    const messages = withLatest ? this.#messages : this.#messages.slice(0, Math.max(0, latest));
    return messages.flatMap((message) => {
      if (message.role === "tool") {
        return isLarge(message.content) ? [message.content.length - mark(message.content).length] : [];
      }
      if (message.role !== "assistant") return [];
      return message.calls.filter(hasLargeText).map((call) => lengthOf(call) - lengthOf(withoutTexts(call)));
    });
  }

  #shownCharacters(): number {
    return this.shown().reduce((sum, message) => sum + charactersOf(message), this.#toolCharacters);
  }
}

function isLarge(text: string): boolean {
  return text.length > SMALL_CHARACTERS;
}

function hasLargeText(call: ToolCall): boolean {
  return (
    call.kind === "call" && Object.values(call.arguments).some((value) => typeof value === "string" && isLarge(value))
  );
}

function withoutTexts(call: ToolCall): ToolCall {
  if (call.kind !== "call") return call;
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(call.arguments)) {
    kept[name] = typeof value === "string" && isLarge(value) ? mark(value) : value;
  }
  return { ...call, arguments: kept };
}

function mark(text: string): string {
  return `[${text.length} characters left out to make room; look again if you need them]`;
}

function charactersOf(message: ToolMessage): number {
  const calls = message.role === "assistant" ? message.calls : [];
  return message.content.length + calls.reduce((sum, call) => sum + lengthOf(call), 0);
}

function lengthOf(call: ToolCall): number {
  return JSON.stringify(call).length;
}
