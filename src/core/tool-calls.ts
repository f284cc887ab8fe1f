/**
 * Tool calls, beside plain chat: a model is told of tools, asks for some of them by name and arguments, and is given what came of it. A
 * provider that can do this has `ChatModel.chatWithTools`; the tools themselves are the caller's.
 * Shape: vercel/ai `packages/provider/src/language-model/v4/language-model-v4-prompt.ts`.
 */
import * as v from "valibot";
import type { ChatOptions, Timings, Usage } from "./chat-model.ts";
import { Json, JsonObject } from "./json.ts";

export interface ToolSpec {
  /** 1 to 64 letters, digits, `_` and `-`. */
  name: string;
  /** What it does and when to use it, for the model. */
  description: string;
  /** An object of plain JSON. Providers send it as JSON schema, so it holds only what that can say: no transforms, no own checks. */
  parameters: v.GenericSchema;
}

export const ToolCall = v.variant("kind", [
  v.object({
    kind: v.literal("call"),
    /** Names the call within its conversation. */
    id: v.string(),
    name: v.string(),
    /** Fits the parameters of the tool of that name. */
    arguments: JsonObject,
  }),
  /** No such tool, no JSON (cut by the token limit, say), or arguments that do not fit. An answer for the model, no fault of the call. */
  v.object({
    kind: v.literal("malformed"),
    id: v.string(),
    name: v.string(),
    /** What the model wrote, 2,000 characters at most. */
    text: v.string(),
    /** What is wrong with it, in words for the model. */
    problem: v.string(),
  }),
]);
export type ToolCall = v.InferOutput<typeof ToolCall>;

/** A conversation with tools. Each call of an assistant message is answered by one tool message, right after it and in the same order. */
export const ToolMessage = v.variant("role", [
  v.object({ role: v.literal("system"), content: v.string() }),
  v.object({ role: v.literal("user"), content: v.string() }),
  v.object({
    role: v.literal("assistant"),
    content: v.string(),
    calls: v.array(ToolCall),
    /** `ToolReply.carried` of that reply, unchanged. */
    carried: v.optional(Json),
  }),
  v.object({ role: v.literal("tool"), callId: v.string(), name: v.string(), content: v.string() }),
]);
export type ToolMessage = v.InferOutput<typeof ToolMessage>;

/** As a chat; replies are held to the tools' parameters and to no grammar. */
export type ToolOptions = Omit<ChatOptions, "grammar">;

export interface ToolReply {
  /** What it said beside the calls; often nothing. */
  text: string;
  /** In the order in which they are to be carried out. Their ids differ. */
  calls: ToolCall[];
  /** `length`: cut by `maxTokens`; the last call is then mostly malformed. `calls`: it waits for the results. */
  finishReason: "stop" | "length" | "calls";
  usage: Usage;
  timings: Timings;
  /** The provider's own parts of the reply (signed thoughts), which it wants back with the message. Opaque. */
  carried?: Json | undefined;
}

/**
 * One turn. Retries, time limit, cancellation and faults are those of `ChatModel.chat`; pieces of the text go to `onText`. Throws
 * `ProviderError`; `refused` also where the server or its model knows no tools.
 */
export type ChatWithTools = (
  conversation: readonly ToolMessage[],
  tools: readonly ToolSpec[],
  options: ToolOptions,
) => Promise<ToolReply>;
