/** One paid turn of an agent: asked within what is left of time and context, and kept as a record before it is used. */
import * as v from "valibot";
import { AutomemError } from "../../core/errors.ts";
import { Json } from "../../core/json.ts";
import { ToolCall, type ToolSpec } from "../../core/tool-calls.ts";
import type { Clock } from "../../platform/clock.ts";
import type { ToolConversation } from "./conversation.ts";
import type { ToolModel } from "./tool-model.ts";

const Count = v.pipe(v.number(), v.minValue(0));

/** What is kept of a turn. */
export const TurnRecord = v.variant("kind", [
  v.strictObject({
    kind: v.literal("reply"),
    text: v.string(),
    calls: v.array(ToolCall),
    finishReason: v.picklist(["stop", "length", "calls"]),
    carried: v.optional(Json),
    /** Where the server does not count, four characters a token are assumed. */
    promptTokens: Count,
    cachedTokens: Count,
    generatedTokens: Count,
    /** The server counted the prompt. */
    counted: v.boolean(),
    /** Pieces of the conversation that were not shown. */
    leftOut: Count,
    /** Milliseconds since the turn before, its tools included. */
    ms: Count,
  }),
  /** No reply: it is over. */
  v.strictObject({
    kind: v.literal("ended"),
    /** `out-of-tokens`: what cannot be left out does not fit the model's context. */
    code: v.picklist(["out-of-time", "out-of-tokens"]),
    reason: v.string(),
    ms: Count,
  }),
]);
export type TurnRecord = v.InferOutput<typeof TurnRecord>;

export interface TurnParts {
  /** What is done, in a word: `review`. */
  noun: string;
  model: ToolModel;
  tools: readonly ToolSpec[];
  conversation: ToolConversation;
  cacheKey: string;
  signal?: AbortSignal | undefined;
  clock: Clock;
  /** Of the whole work. */
  limitSeconds: number;
  /** Milliseconds of the work before this turn's record, and when that was by the clock. */
  spentMs: number;
  sinceMs: number;
}

/** Throws `ProviderError` for a call that failed: the turn is then owed. */
export async function takeTurn(parts: TurnParts): Promise<TurnRecord> {
  const { conversation, model, clock, sinceMs, limitSeconds, noun } = parts;
  const elapsedMs = (): number => Math.max(0, clock.monotonicMs() - sinceMs);
  const ended = (code: "out-of-time" | "out-of-tokens", reason: string): TurnRecord => ({
    kind: "ended",
    code,
    reason,
    ms: elapsedMs(),
  });
  const outOfTime = `The ${noun} was not finished within ${limitSeconds} seconds.`;
  const { maxTokens, callSeconds } = model.settings;
  const callMs = callSeconds * 1000;
  const { contextTokens } = model.identity;
  if (contextTokens !== undefined) conversation.fit(contextTokens - maxTokens - CONTEXT_MARGIN_TOKENS);
  for (;;) {
    const leftMs = limitSeconds * 1000 - parts.spentMs - elapsedMs();
    if (leftMs <= 0) return ended("out-of-time", outOfTime);
    try {
      return await ask(parts, Math.min(callMs, Math.ceil(leftMs)), elapsedMs);
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      if (fault.code === "timeout" && leftMs <= callMs) return ended("out-of-time", outOfTime);
      if (fault.code !== "context-overflow") throw fault;
      if (conversation.shrink()) continue;
      const reason = `What a ${noun} needs at the least does not fit ${model.identity.name}: ${fault.message}`;
      return ended("out-of-tokens", reason);
    }
  }
}

/** Kept free beside prompt and reply: what templates add is not known. */
export const CONTEXT_MARGIN_TOKENS = 256;

async function ask(parts: TurnParts, timeoutMs: number, elapsedMs: () => number): Promise<TurnRecord> {
  const { model, tools, conversation, cacheKey, signal } = parts;
  const { temperature, maxTokens, seed } = model.settings;
  const estimate = conversation.estimateTokens();
  const { text, calls, finishReason, carried, usage } = await model.chatWithTools(conversation.shown(), tools, {
    sampling: { temperature, maxTokens, ...(seed === undefined ? {} : { seed }) },
    cacheKey,
    timeoutMs,
    signal,
  });
  const written = text.length + JSON.stringify(calls).length;
  return {
    kind: "reply",
    text,
    calls,
    finishReason,
    ...(carried === undefined ? {} : { carried }),
    promptTokens: usage.promptTokens ?? estimate,
    cachedTokens: usage.cachedTokens ?? 0,
    generatedTokens: usage.generatedTokens ?? Math.ceil(written / 4),
    counted: usage.promptTokens !== undefined,
    leftOut: conversation.leftOut,
    ms: elapsedMs(),
  };
}
