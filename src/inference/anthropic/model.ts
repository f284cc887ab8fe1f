/** Models of Anthropic's Messages API, through the npm package `@anthropic-ai/sdk`. */
import type { Anthropic } from "@anthropic-ai/sdk";
import * as v from "valibot";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
} from "../../core/chat-model.ts";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import type { ToolMessage, ToolOptions, ToolReply, ToolSpec } from "../../core/tool-calls.ts";
import { type ChatAttempt, chatCall } from "../chat-call.ts";
import {
  badResponseFault,
  emptyResponseFault,
  type FaultContext,
  streamCutFault,
  withoutCredentials,
} from "../http-fault.ts";
import { checkForCut, mostTokens } from "../overflow.ts";
import { withRetries } from "../retry.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { certainMessages, wholeMessages } from "../tools/plain-messages.ts";
import { readCalls } from "../tools/read-call.ts";
import { toConversation, toRequest } from "./convert-messages.ts";
import { isUnknownPage, requestFault, streamFault } from "./faults.ts";
import { mapFinish, mapToolFinish } from "./map-finish.ts";
import { BlockPieces } from "./tool-blocks.ts";
import { mergeUsage, toUsage } from "./usage.ts";
import { MessageEvent, type MessageUsage, ModelFacts, TokenCount } from "./wire.ts";

const DEFAULT_BASE_URL = "https://api.anthropic.com";
const OPEN_TIMEOUT_MS = 20_000;
/** The package's own limit must not come before ours, which names the fault. */
const TIMEOUT_MARGIN_MS = 60_000;
/** Sent to a gateway where no key is set. */
const NO_KEY = "none";

/** Looks the model up. Throws `ProviderError`; `ConfigError` for a missing key or a context larger than the model's. */
export async function openAnthropic(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  const key = deps.env.ANTHROPIC_API_KEY;
  if (!key && name.url === undefined) {
    throw new ConfigError(`${name.text} needs a key: set ANTHROPIC_API_KEY.`, { code: "missing-key" });
  }
  const baseUrl = (name.url ?? DEFAULT_BASE_URL).replace(/\/+$/, "").replace(/\/v1$/, "");
  const context: FaultContext = {
    modelName: name.text,
    server: withoutCredentials(baseUrl),
    startHint: "Look at the network, or at the address of the gateway.",
    modelHint: "Look at the name in Anthropic's list of models.",
    accessHint: "Set ANTHROPIC_API_KEY to a key that may use this model.",
    contextTokens: settings.contextTokens,
  };
  const { Anthropic: Client } = await import("@anthropic-ai/sdk");
  const client = new Client({
    baseURL: baseUrl,
    apiKey: key || NO_KEY,
    authToken: null,
    maxRetries: 0,
    logLevel: "off",
    fetch: eventStreamFetch(deps.fetch, context),
  });
  const facts = await findModel(client, name.model, context, deps);
  const most = facts?.max_input_tokens;
  if (most != null && settings.contextTokens > most) {
    throw new ConfigError(
      `${name.text} has a context of ${most} tokens; ${settings.contextTokens} were asked for. Ask for ${most} or fewer.`,
      { code: "context-too-large", data: { contextTokens: most } },
    );
  }
  return new AnthropicModel(name, settings, facts, context, client, deps);
}

class AnthropicModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  readonly #model: string;
  readonly #canDisableThinking: boolean;
  readonly #contextTokens: number;
  readonly #context: FaultContext;
  readonly #client: Anthropic;
  readonly #deps: ProviderDeps;

  constructor(
    name: ModelName,
    { contextTokens }: ModelSettings,
    facts: ModelFacts | undefined,
    context: FaultContext,
    client: Anthropic,
    deps: ProviderDeps,
  ) {
    this.identity = { name: name.text, provider: "anthropic", contextTokens };
    this.capabilities = {
      overflow: "error",
      seed: false,
      cachedTokens: true,
      streaming: true,
      grammar: facts?.capabilities?.structured_outputs?.supported ? "json-schema" : "none",
      adapters: "none",
      fixedSampling: true,
    };
    this.#canDisableThinking = facts?.capabilities?.thinking?.types?.disabled?.supported === true;
    this.#model = name.model;
    this.#contextTokens = contextTokens;
    this.#context = context;
    this.#client = client;
    this.#deps = deps;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const { text, usage, timings, finishReason } = await this.#ask({ messages, whole: messages, options }, mapFinish);
    return { text, finishReason, usage, timings };
  }

  async chatWithTools(
    conversation: readonly ToolMessage[],
    tools: readonly ToolSpec[],
    options: ToolOptions,
  ): Promise<ToolReply> {
    const asked: Asked = { messages: conversation, whole: wholeMessages(conversation, tools), tools, options };
    const { text, blocks, finishReason, usage, timings } = await this.#ask(asked, mapToolFinish);
    const thoughts = blocks.thoughts();
    const calls = readCalls(blocks.calls(), conversation, tools);
    return { text, calls, finishReason, usage, timings, ...(thoughts.length === 0 ? {} : { carried: thoughts }) };
  }

  async countTokens(messages: readonly ChatMessage[]): Promise<number> {
    return this.#count(messages, AbortSignal.timeout(OPEN_TIMEOUT_MS));
  }

  async close(): Promise<void> {
    // The package keeps no connection that must be closed.
  }

  #ask<Reason extends string>(
    asked: Asked,
    mapReason: (stopReason: string) => Reason | undefined,
  ): Promise<Answer<Reason>> {
    const { clock, random } = this.#deps;
    const { options } = asked;
    const call = { modelName: this.identity.name, options, capabilities: this.capabilities, clock, random };
    return chatCall(call, (attempt) => this.#attempt(asked, attempt, mapReason));
  }

  async #attempt<Reason extends string>(
    { messages, whole, tools, options }: Asked,
    attempt: ChatAttempt,
    mapReason: (stopReason: string) => Reason | undefined,
  ): Promise<Answer<Reason>> {
    const { clock } = this.#deps;
    const { maxTokens } = options.sampling;
    const startedMs = clock.monotonicMs();
    const request = toRequest(messages, {
      model: this.#model,
      modelName: this.identity.name,
      sampling: options.sampling,
      grammar: options.grammar,
      canDisableThinking: this.#canDisableThinking,
      tools,
    });
    await this.#refuseOverflow({ messages, whole, tools, options }, attempt.signal);
    const stream = await this.#client.messages
      .create(request, { signal: attempt.signal, timeout: options.timeoutMs + TIMEOUT_MARGIN_MS })
      .catch((cause: unknown) => {
        throw requestFault(cause, this.#context);
      });
    let text = "";
    let firstTokenMs: number | undefined;
    const end = await readStream(stream, this.#context, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      attempt.onText(piece);
    });
    const usage = toUsage(end.usage);
    const finishReason = mapReason(end.stopReason);
    if (finishReason === undefined) throw this.#noReply(end.stopReason, usage.promptTokens);
    if (text === "" && usage.generatedTokens === undefined) throw emptyResponseFault(this.#context, end.stopReason);
    const cutByLength = finishReason === "length";
    checkForCut(certainMessages(messages), {
      modelName: this.identity.name,
      usage,
      cutByLength,
      maxTokens,
      contextTokens: this.#contextTokens,
    });
    const timings = { totalMs: clock.monotonicMs() - startedMs, firstTokenMs };
    return { text, finishReason, blocks: end.blocks, usage, timings };
  }

  /** The server counts for us, but is asked only where the prompt's bytes leave it open whether it fits. */
  async #refuseOverflow({ messages, whole, tools, options }: Asked, signal: AbortSignal): Promise<void> {
    const contextTokens = this.#contextTokens;
    const { maxTokens } = options.sampling;
    if (mostTokens(whole) + maxTokens <= contextTokens) return;
    const promptTokens = await this.#count(messages, signal, tools);
    if (promptTokens + maxTokens <= contextTokens) return;
    throw new ProviderError(
      `${this.identity.name}: the prompt has ${promptTokens} tokens and the reply may have ${maxTokens}, more than the context of ${contextTokens}. Use a larger context, a shorter prompt or fewer tokens for the reply.`,
      { code: "context-overflow", data: { promptTokens, contextTokens } },
    );
  }

  async #count(
    messages: Asked["messages"],
    signal: AbortSignal,
    tools?: readonly ToolSpec[] | undefined,
  ): Promise<number> {
    const body = { model: this.#model, ...toConversation(messages, tools) };
    const answer = await this.#client.messages.countTokens(body, { signal }).catch((cause: unknown) => {
      throw requestFault(cause, this.#context);
    });
    const count = v.safeParse(TokenCount, answer);
    if (count.success) return count.output.input_tokens;
    throw badResponseFault(this.#context, "a count without input_tokens");
  }

  #noReply(stopReason: string, promptTokens: number | undefined): ProviderError {
    const { modelName, server } = this.#context;
    if (stopReason === "model_context_window_exceeded") {
      return new ProviderError(
        `${modelName} at ${server} stopped because its context was full. Use a shorter prompt or fewer tokens for the reply.`,
        { code: "context-overflow", data: { promptTokens, contextTokens: this.#contextTokens } },
      );
    }
    return new ProviderError(`${modelName} at ${server} did not write a reply: stop_reason is "${stopReason}".`, {
      code: "refused",
      data: { reason: stopReason },
    });
  }
}

interface Asked {
  messages: readonly (ChatMessage | ToolMessage)[];
  /** Bounds what the prompt can be. */
  whole: readonly ChatMessage[];
  tools?: readonly ToolSpec[] | undefined;
  options: ChatOptions;
}

interface Answer<Reason> extends Pick<ChatReply, "text" | "usage" | "timings"> {
  finishReason: Reason;
  blocks: BlockPieces;
}

interface StreamEnd {
  stopReason: string;
  blocks: BlockPieces;
  usage: MessageUsage | undefined;
}

/** Passes text on until `message_stop`. Throws `stream-cut` without one, `empty-response` if no stop reason came before it. */
async function readStream(
  stream: AsyncIterable<unknown>,
  context: FaultContext,
  onText: (piece: string) => void,
): Promise<StreamEnd> {
  const events = stream[Symbol.asyncIterator]();
  const blocks = new BlockPieces();
  let stopReason: string | undefined;
  let usage: MessageUsage | undefined;
  for (;;) {
    const next = await events.next().catch((cause: unknown) => {
      throw streamFault(cause, context);
    });
    if (next.done) throw streamCutFault(context);
    const parsed = v.safeParse(MessageEvent, next.value);
    if (!parsed.success) throw badResponseFault(context, `an unknown kind of event (${parsed.issues[0].message})`);
    const { type, message, delta, usage: counted } = parsed.output;
    usage = mergeUsage(usage, message?.usage ?? counted);
    if (delta?.type === "text_delta" && delta.text) onText(delta.text);
    blocks.add(parsed.output);
    stopReason = delta?.stop_reason ?? stopReason;
    if (type !== "message_stop") continue;
    if (stopReason === undefined) throw emptyResponseFault(context, "no stop_reason");
    return { stopReason, blocks, usage };
  }
}

/** Gateways without a page for models are taken as they are; anything else that is wrong shows here, before a game starts. */
async function findModel(
  client: Anthropic,
  model: string,
  context: FaultContext,
  deps: ProviderDeps,
): Promise<ModelFacts | undefined> {
  const ask = async (): Promise<unknown> => {
    try {
      return await client.models.retrieve(model, {}, { timeout: OPEN_TIMEOUT_MS });
    } catch (cause) {
      if (isUnknownPage(cause)) return undefined;
      throw requestFault(cause, context);
    }
  };
  const facts = v.safeParse(ModelFacts, await withRetries(ask, { clock: deps.clock, random: deps.random }));
  return facts.success ? facts.output : undefined;
}

/** `fetch` that refuses a good answer to a message call which is no event stream: a proxy's page. */
function eventStreamFetch(send: typeof fetch, context: FaultContext): typeof fetch {
  const checked = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    // A server may think for longer than the five minutes of silence that Bun allows.
    const response = await send(input, { ...init, timeout: false } as RequestInit);
    const address = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    const streams = new URL(address).pathname.endsWith("/messages");
    const type = response.headers.get("content-type") ?? "";
    if (!streams || !response.ok || type.includes("event-stream")) return response;
    const start = (await response.text()).slice(0, 200);
    throw badResponseFault(context, `${type || "something"} instead of an event stream: ${JSON.stringify(start)}`);
  };
  return Object.assign(checked, { preconnect: send.preconnect });
}
