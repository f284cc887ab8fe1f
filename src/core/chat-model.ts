/** The model contract: what a provider offers to the agent. */
import * as v from "valibot";
import type { AdapterLoader } from "./adapter-loader.ts";
import type { GrammarForm, ReplyGrammar } from "./grammar.ts";
import type { Hash } from "./hash.ts";
import type { ChatWithTools } from "./tool-calls.ts";

export const ChatMessage = v.object({ role: v.picklist(["system", "user", "assistant"]), content: v.string() });
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const Sampling = v.strictObject({
  /** 0 is greedy. */
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(5)),
  /** Tokens generated at most in one reply. */
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
  topP: v.optional(Share),
  topK: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  minP: v.optional(Share),
  /** Where the server honours one; a provider states so in its capabilities. */
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  stop: v.optional(v.array(v.string())),
});
export type Sampling = v.InferOutput<typeof Sampling>;

/** `undefined` where the server does not say; never 0 for unknown. */
export interface Usage {
  /** All tokens of the prompt, cached ones included. */
  promptTokens?: number | undefined;
  /** Of those, the ones taken from a prefix cache. */
  cachedTokens?: number | undefined;
  generatedTokens?: number | undefined;
}

/** Milliseconds. */
export interface Timings {
  totalMs: number;
  firstTokenMs?: number | undefined;
}

/** `length`: cut by `maxTokens`; the text is then a prefix of what the model would have said. */
export type FinishReason = "stop" | "length";

export interface ChatReply {
  text: string;
  finishReason: FinishReason;
  usage: Usage;
  timings: Timings;
  /** It was kept from an earlier call: nobody was asked, and nothing was paid. */
  fromCache?: boolean | undefined;
}

export interface ChatOptions {
  sampling: Sampling;
  /** Calls that share a key continue one conversation head, so that a prefix cache can serve them (`ep3/plan`). */
  cacheKey?: string | undefined;
  /** Content hash of a loaded adapter; the base model without it. */
  adapter?: Hash | undefined;
  /** Holds the reply to a grammar, in the form that the capabilities name; another form is refused. */
  grammar?: ReplyGrammar | undefined;
  /** Milliseconds for the whole call. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Pieces of the reply as they come, where the provider streams. Their sum is the reply's text. */
  onText?: ((piece: string) => void) | undefined;
}

export interface NextTokensOptions {
  /** How many, the likeliest first. */
  count: number;
  cacheKey?: string | undefined;
  /** As in a chat. */
  adapter?: Hash | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** A token that a reply could begin with. */
export interface NextToken {
  /** Names it among the model's tokens; not always its text. */
  token: string;
  /** Natural logarithm; of the model's own distribution, without temperature or filters. */
  logProbability: number;
}

export interface ModelCapabilities {
  /** A prompt that does not fit is refused by the server itself, or would be cut silently if it were not counted here first. */
  overflow: "error" | "silent";
  /** The same seed gives the same sampled text on the same machine. */
  seed: boolean;
  cachedTokens: boolean;
  streaming: boolean;
  /** The form of grammar that a reply can be held to. */
  grammar: "none" | GrammarForm;
  adapters: "none" | "load-at-start" | "runtime";
  /** True where the server samples as it does: another temperature than 1, topP, topK and minP are refused. Default false. */
  fixedSampling?: boolean | undefined;
}

/** What decides a reply beside messages and sampling; recorded with every result. */
export const ModelIdentity = v.object({
  /** As the user names it: `llama-cpp:smollm2-135m`. */
  name: v.string(),
  provider: v.string(),
  /** Content hash of the weights (or the server's own digest) where it can be had. */
  digest: v.optional(v.string()),
  /** Version of the server or engine where it says. */
  serverVersion: v.optional(v.string()),
  contextTokens: v.optional(v.number()),
});
export type ModelIdentity = v.InferOutput<typeof ModelIdentity>;

/**
 * A model ready to be asked. Calls may overlap.
 * Throws `ProviderError`: `code` is one of `unreachable`, `timeout`, `cancelled`, `model-missing`, `context-overflow` (`data.promptTokens`,
 * `data.contextTokens` where known), `bad-response`, `stream-cut`, `empty-response`, `rate-limited`, `refused`, `server-error`, `engine-lost`.
 * A prompt is never cut silently: overflow is always an error.
 */
export interface ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  /** Where adapters can be loaded while the server runs (`capabilities.adapters` is `runtime`). */
  readonly adapters?: AdapterLoader | undefined;
  chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply>;
  /** A turn with tools; absent where the provider cannot. Whether the model itself knows tools shows at the first call. */
  chatWithTools?: ChatWithTools | undefined;
  /** Tokens of the messages with the chat template; `undefined` where the provider cannot count. */
  countTokens(messages: readonly ChatMessage[]): Promise<number | undefined>;
  /** The likeliest beginnings of a reply; absent where the provider does not tell probabilities. */
  nextTokens?: ((messages: readonly ChatMessage[], options: NextTokensOptions) => Promise<NextToken[]>) | undefined;
  /** The server's own totals over all its callers, where it keeps them; `undefined` where it does not say. */
  cacheTotals?(): Promise<CacheTotals | undefined>;
  close(): Promise<void>;
}

/** Tokens of prompts since the server started. */
export interface CacheTotals {
  queriedTokens: number;
  /** Of those, the ones found in the prefix cache. */
  foundTokens: number;
}
