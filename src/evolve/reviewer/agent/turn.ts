/** One paid turn of a review: asked within what is left of time and context, and kept as a record before it is used. */
import * as v from "valibot";
import type { ChatModel } from "../../../core/chat-model.ts";
import { AutomemError } from "../../../core/errors.ts";
import { Json } from "../../../core/json.ts";
import { type ChatWithTools, ToolCall } from "../../../core/tool-calls.ts";
import type { Clock } from "../../../platform/clock.ts";
import type { ReviewTask } from "../reviewer.ts";
import type { ReviewConversation } from "./conversation.ts";
import type { FullAgentSettings } from "./settings.ts";
import { reviewTools } from "./tools.ts";

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
  /** No reply: the review is over. */
  v.strictObject({
    kind: v.literal("ended"),
    code: v.picklist(["out-of-time", "out-of-tokens"]),
    reason: v.string(),
    ms: Count,
  }),
]);
export type TurnRecord = v.InferOutput<typeof TurnRecord>;

export interface TurnParts {
  model: Pick<ChatModel, "identity"> & { chatWithTools: ChatWithTools };
  settings: FullAgentSettings;
  task: ReviewTask;
  conversation: ReviewConversation;
  clock: Clock;
  /** Milliseconds of the review before this turn's record, and when that was by the clock. */
  spentMs: number;
  sinceMs: number;
}

/** Throws `ProviderError` for a call that failed: the turn is then owed. */
export async function takeTurn(parts: TurnParts): Promise<TurnRecord> {
  const { conversation, settings, model, clock, sinceMs } = parts;
  const elapsedMs = (): number => Math.max(0, clock.monotonicMs() - sinceMs);
  const ended = (code: "out-of-time" | "out-of-tokens", reason: string): TurnRecord => ({
    kind: "ended",
    code,
    reason,
    ms: elapsedMs(),
  });
  const callMs = settings.callSeconds * 1000;
  const { contextTokens } = model.identity;
  if (contextTokens !== undefined) conversation.fit(contextTokens - settings.maxTokens - CONTEXT_MARGIN_TOKENS);
  for (;;) {
    const leftMs = parts.task.limits.seconds * 1000 - parts.spentMs - elapsedMs();
    if (leftMs <= 0) return ended("out-of-time", outOfTime(parts));
    try {
      return await ask(parts, Math.min(callMs, Math.ceil(leftMs)), elapsedMs);
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      if (fault.code === "timeout" && leftMs <= callMs) return ended("out-of-time", outOfTime(parts));
      if (fault.code !== "context-overflow") throw fault;
      if (!conversation.shrink()) return ended("out-of-tokens", tooSmall(parts, fault.message));
    }
  }
}

/** Kept free beside prompt and reply: what templates add is not known. */
const CONTEXT_MARGIN_TOKENS = 256;

async function ask(parts: TurnParts, timeoutMs: number, elapsedMs: () => number): Promise<TurnRecord> {
  const { model, settings, task, conversation } = parts;
  const estimate = conversation.estimateTokens();
  const { text, calls, finishReason, carried, usage } = await model.chatWithTools(conversation.shown(), reviewTools, {
    sampling: { temperature: settings.temperature, maxTokens: settings.maxTokens },
    cacheKey: `${task.key}/review`,
    timeoutMs,
    signal: task.signal,
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

function outOfTime({ task }: TurnParts): string {
  return `The review was not finished within ${task.limits.seconds} seconds.`;
}

function tooSmall({ model }: TurnParts, message: string): string {
  return `What a review needs at the least does not fit ${model.identity.name}: ${message}`;
}
