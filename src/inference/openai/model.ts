/** Models of any OpenAI-compatible server, through the npm package `openai`. */
import type { OpenAI } from "openai";
import type { Stream } from "openai/streaming";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
} from "../../core/chat-model.ts";
import { type AutomemError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import type { ToolMessage, ToolOptions, ToolReply, ToolSpec } from "../../core/tool-calls.ts";
import { type ChatAttempt, chatCall } from "../chat-call.ts";
import { type FaultContext, withoutCredentials } from "../http-fault.ts";
import { checkForCut, mostTokens } from "../overflow.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { certainMessages, wholeMessages } from "../tools/plain-messages.ts";
import { readCalls } from "../tools/read-call.ts";
import { openClient } from "./client.ts";
import { toRequest } from "./convert-messages.ts";
import { type OpenAiDialect, openAiDialect } from "./dialect.ts";
import { requestFault } from "./faults.ts";
import { checkHeeded, grammarFields, grammarForm, grammarRefusedHint } from "./grammar.ts";
import { checkContext, checkListed, listModels, OPEN_TIMEOUT_MS } from "./list-models.ts";
import { mapFinish, mapToolFinish } from "./map-finish.ts";
import { readStream, refusedFault, type StreamEnd } from "./read-stream.ts";
import { findOllamaContext, findServerKind, refusesOverflow, type ServerKind } from "./server-kind.ts";
import { toUsage } from "./usage.ts";

/** Sent where no key is set: servers without access control want the header all the same. */
const NO_KEY = "none";

/** Looks at the server and its list of models. Throws `ProviderError`; `ConfigError` for a context larger than the server's. */
export function openOpenAi(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  return openCompatible(name, settings, deps, openAiDialect);
}

/** As `openOpenAi`, for a server with a provider of its own. */
export async function openCompatible(
  name: ModelName,
  settings: ModelSettings,
  deps: ProviderDeps,
  dialect: OpenAiDialect,
): Promise<ChatModel> {
  const baseUrl = (name.url ?? dialect.defaultBaseUrl).replace(/\/$/, "");
  const context: FaultContext = {
    modelName: name.text,
    server: withoutCredentials(baseUrl),
    startHint: dialect.startHint,
    modelHint: dialect.modelHint,
    accessHint: `Set ${dialect.keyVariable} to a key of this server.`,
    contextTokens: settings.contextTokens,
  };
  const key = deps.env[dialect.keyVariable] || NO_KEY;
  const client = await openClient({ fetch: deps.fetch, baseUrl, key, context });
  const listed = await listModels(client, context, deps);
  checkListed(name, listed, context);
  const kind = await findServerKind(baseUrl, name.model, listed, (url) => getJson(url, deps));
  checkContext(name, settings, kind);
  return new OpenAiModel(name, { ...settings }, kind, { client, context }, deps, dialect);
}

interface Server {
  client: OpenAI;
  context: FaultContext;
}

interface Asked {
  messages: readonly (ChatMessage | ToolMessage)[];
  tools: readonly ToolSpec[];
  /** For the checks of what fits: the least and the most that the prompt can be. */
  certain: readonly ChatMessage[];
  whole: readonly ChatMessage[];
  options: ChatOptions;
}

type Answer = Pick<StreamEnd, "reason" | "calls"> & Pick<ChatReply, "text" | "usage" | "timings">;

class OpenAiModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  readonly #model: string;
  readonly #contextTokens: number;
  readonly #kind: ServerKind;
  readonly #server: Server;
  readonly #deps: ProviderDeps;
  readonly #dialect: OpenAiDialect;

  constructor(
    name: ModelName,
    settings: ModelSettings,
    kind: ServerKind,
    server: Server,
    deps: ProviderDeps,
    dialect: OpenAiDialect,
  ) {
    const contextTokens = Math.min(settings.contextTokens, kind.contextTokens ?? settings.contextTokens);
    const serverVersion = kind.version === undefined ? kind.kind : `${kind.kind} ${kind.version}`;
    this.identity = {
      name: name.text,
      provider: dialect.provider,
      ...(kind.kind === "unknown" ? {} : { serverVersion }),
      contextTokens,
    };
    this.capabilities = {
      overflow: refusesOverflow(kind) ? "error" : "silent",
      seed: true,
      cachedTokens: kind.kind === "openai" || kind.kind === "vllm" || kind.kind === "llama-server",
      streaming: true,
      grammar: grammarForm(kind.kind),
      adapters: "none",
      ...dialect.capabilities,
    };
    this.#dialect = dialect;
    this.#model = name.model;
    this.#contextTokens = contextTokens;
    this.#kind = kind;
    this.#server = server;
    this.#deps = deps;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const { text, reason, usage, timings } = await this.#ask({
      messages,
      tools: [],
      certain: messages,
      whole: messages,
      options,
    });
    return { text, finishReason: this.#finish(reason, mapFinish(reason)), usage, timings };
  }

  async chatWithTools(
    conversation: readonly ToolMessage[],
    tools: readonly ToolSpec[],
    options: ToolOptions,
  ): Promise<ToolReply> {
    const { text, reason, calls, usage, timings } = await this.#ask({
      messages: conversation,
      tools,
      certain: certainMessages(conversation),
      whole: wholeMessages(conversation, tools),
      options,
    });
    const finishReason = this.#finish(reason, mapToolFinish(reason, calls.length));
    return { text, calls: readCalls(calls, conversation, tools), finishReason, usage, timings };
  }

  #finish<Reason>(reason: string, mapped: Reason | undefined): Reason {
    if (mapped === undefined) throw refusedFault(this.#server.context, `finish_reason is "${reason}"`);
    return mapped;
  }

  async #ask(asked: Asked): Promise<Answer> {
    const { options, whole } = asked;
    const call = {
      modelName: this.identity.name,
      options,
      capabilities: this.capabilities,
      clock: this.#deps.clock,
      random: this.#deps.random,
    };
    if (this.#kind.kind !== "ollama") return chatCall(call, (attempt) => this.#attempt(asked, attempt));
    // Ollama's /v1 cuts a long prompt and says nothing, so only prompts that fit for certain are sent, and the context that the server
    // gave the model is looked up once it is loaded.
    const most = mostTokens(whole) + options.sampling.maxTokens;
    this.#refuseWhatMayBeCut(most, this.#contextTokens);
    const answer = await chatCall(call, (attempt) => this.#attempt(asked, attempt));
    const served = await findOllamaContext(this.#server.client.baseURL, this.#model, (url) => getJson(url, this.#deps));
    this.#refuseWhatMayBeCut(most, served);
    return answer;
  }

  #refuseWhatMayBeCut(most: number, contextTokens: number): void {
    if (most <= contextTokens) return;
    throw new ProviderError(
      `${this.identity.name}: the prompt and reply may have up to ${most} tokens, more than the context of ${contextTokens}, and Ollama's OpenAI endpoint would cut the prompt silently. Use ollama:${this.#model}, which counts exactly.`,
      { code: "context-overflow", data: { contextTokens } },
    );
  }

  async #attempt({ messages, tools, certain, options }: Asked, attempt: ChatAttempt): Promise<Answer> {
    const { clock } = this.#deps;
    const { client, context } = this.#server;
    const startedMs = clock.monotonicMs();
    const limitField = this.#kind.kind === "openai" ? "max_completion_tokens" : "max_tokens";
    const body = {
      ...toRequest(this.#model, messages, options.sampling, limitField, tools),
      ...grammarFields(options.grammar, this.#kind.kind),
      ...this.#dialect.extraFields?.(options),
    };
    // Not `chat.completions.create`, which serializes with a callback for each value, and copies each chunk.
    const sent = client.post<Stream<unknown>>("/chat/completions", {
      body,
      stream: true,
      signal: attempt.signal,
      // It closes the connection after each stream without saying so: the next request would meet a closed one.
      fetchOptions: { keepalive: this.#kind.kind !== "llama-server" },
    });
    const stream = await sent.catch((cause: unknown) => {
      const fault = requestFault(cause, context);
      throw options.grammar !== undefined && fault.code === "refused" ? withGrammarHint(fault) : fault;
    });
    let text = "";
    let firstTokenMs: number | undefined;
    const {
      reason,
      calls,
      usage: counted,
    } = await readStream(stream, context, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      attempt.onText(piece);
    });
    const usage = toUsage(counted);
    checkForCut(certain, {
      modelName: this.identity.name,
      usage,
      cutByLength: reason === "length",
      maxTokens: options.sampling.maxTokens,
      contextTokens: this.#contextTokens,
    });
    if (reason === "stop") checkHeeded(text, options.grammar, this.identity.name);
    return { text, reason, calls, usage, timings: { totalMs: clock.monotonicMs() - startedMs, firstTokenMs } };
  }

  /** There is no common call that counts. */
  async countTokens(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    // The server lives on; no connection is kept that must be closed.
  }
}

function withGrammarHint(fault: AutomemError): ProviderError {
  return new ProviderError(`${fault.message} ${grammarRefusedHint}`, {
    code: fault.code,
    data: fault.data,
    cause: fault,
  });
}

async function getJson(url: string, deps: ProviderDeps): Promise<unknown> {
  try {
    const response = await deps.fetch(url, { signal: AbortSignal.timeout(OPEN_TIMEOUT_MS) });
    return response.ok ? await response.json() : undefined;
  } catch {
    // Asked only to learn more; the calls that matter report their own faults.
    return undefined;
  }
}
