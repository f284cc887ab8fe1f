/** The engine contract: what an engine plugin offers to a provider. Wire form: docs/protocol.md, kind `engine`. */
import * as v from "valibot";
import { ChatMessage, Sampling } from "./chat-model.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const EngineStart = v.object({
  /** Absolute path of the weights (GGUF). */
  model: v.string(),
  /** Tokens of one sequence: prompt and reply together. */
  contextTokens: v.pipe(v.number(), v.integer(), v.minValue(64)),
  /** Conversations that keep a prefix cache of their own. */
  sequences: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Default: the engine's choice, one on small machines. */
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  gpu: v.optional(v.boolean()),
});
export type EngineStart = v.InferOutput<typeof EngineStart>;

export const EngineReady = v.object({
  name: v.string(),
  version: v.string(),
  /** The model's name as its file says. */
  modelName: v.string(),
  contextTokens: Count,
  trainContextTokens: v.nullish(Count),
  packages: v.record(v.string(), v.string()),
});
export type EngineReady = v.InferOutput<typeof EngineReady>;

export const EngineChat = v.object({
  messages: v.array(ChatMessage),
  sampling: Sampling,
  cacheKey: v.optional(v.string()),
  adapter: v.optional(v.string()),
  /** GBNF; the reply is a string of its language, or the beginning of one with finish reason `length`. */
  grammar: v.optional(v.string()),
  stream: v.optional(v.boolean()),
});
export type EngineChat = v.InferOutput<typeof EngineChat>;

export const EngineReply = v.object({
  text: v.string(),
  finishReason: v.picklist(["stop", "length", "cancelled"]),
  usage: v.object({ promptTokens: Count, cachedTokens: Count, generatedTokens: Count }),
  timings: v.object({ firstTokenMs: v.nullish(v.number()), totalMs: v.number() }),
});
export type EngineReply = v.InferOutput<typeof EngineReply>;

/** An adapter's file: `id` names it for the calls, `sha256` is that of the file at `path`. */
export const EngineAdapter = v.object({ id: v.string(), path: v.string(), sha256: v.string() });
export type EngineAdapter = v.InferOutput<typeof EngineAdapter>;

export const EngineNextTokens = v.object({
  messages: v.array(ChatMessage),
  /** How many, the likeliest first. */
  count: Count,
  cacheKey: v.optional(v.string()),
  adapter: v.optional(v.string()),
});
export type EngineNextTokens = v.InferOutput<typeof EngineNextTokens>;

/** `text` alone may be shared by several tokens. */
export const EngineToken = v.object({ token: v.number(), text: v.string(), logProbability: v.number() });
export type EngineToken = v.InferOutput<typeof EngineToken>;

export interface EngineCallOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onText?: ((piece: string) => void) | undefined;
}

/** One engine process with one model loaded. Calls may overlap. Throws `ProviderError`. */
export interface Engine {
  readonly ready: EngineReady;
  chat(request: EngineChat, options: EngineCallOptions): Promise<EngineReply>;
  countTokens(messages: readonly ChatMessage[]): Promise<number>;
  /** The likeliest tokens that a reply could begin with, by the model's own distribution. */
  nextTokens(request: EngineNextTokens, options: Omit<EngineCallOptions, "onText">): Promise<EngineToken[]>;
  /** Loading one that is loaded changes nothing; other bytes under its id or path are refused. */
  loadAdapter(adapter: EngineAdapter): Promise<void>;
  /** After the calls under way. Unloading one that is not loaded changes nothing. */
  unloadAdapter(id: string): Promise<void>;
  close(): Promise<void>;
}
