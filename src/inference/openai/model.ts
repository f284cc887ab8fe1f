/** Models of any OpenAI-compatible server, through the npm package `openai`. */
import type { OpenAI } from "openai";
import * as v from "valibot";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
} from "../../core/chat-model.ts";
import { AutomemError, ConfigError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
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
import { toRequest } from "./convert-messages.ts";
import { type OpenAiDialect, openAiDialect } from "./dialect.ts";
import { requestFault, streamFault } from "./faults.ts";
import { checkHeeded, grammarFields, grammarForm, grammarRefusedHint } from "./grammar.ts";
import { mapFinish } from "./map-finish.ts";
import { findOllamaContext, findServerKind, refusesOverflow, type ServerKind } from "./server-kind.ts";
import { toUsage } from "./usage.ts";
import { CompletionChunk, type CompletionUsage, ModelList } from "./wire.ts";

const OPEN_TIMEOUT_MS = 20_000;
/** The package's own limit must not come before ours, which names the fault. */
const TIMEOUT_MARGIN_MS = 60_000;
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
  const { OpenAI: Client } = await import("openai");
  const client = new Client({
    baseURL: baseUrl,
    apiKey: deps.env[dialect.keyVariable] || NO_KEY,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: "off",
    fetch: eventStreamFetch(deps.fetch, context),
  });
  const listed = await listModels(client, context, deps);
  checkListed(name, listed, context);
  const server = await findServerKind(baseUrl, name.model, listed, (url) => getJson(url, deps));
  checkContext(name, settings, server);
  return new OpenAiModel(name, { ...settings }, server, context, client, deps, dialect);
}

class OpenAiModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  readonly #model: string;
  readonly #baseUrl: string;
  readonly #contextTokens: number;
  readonly #server: ServerKind;
  readonly #context: FaultContext;
  readonly #client: OpenAI;
  readonly #deps: ProviderDeps;
  readonly #dialect: OpenAiDialect;

  constructor(
    name: ModelName,
    settings: ModelSettings,
    server: ServerKind,
    context: FaultContext,
    client: OpenAI,
    deps: ProviderDeps,
    dialect: OpenAiDialect,
  ) {
    const contextTokens = Math.min(settings.contextTokens, server.contextTokens ?? settings.contextTokens);
    const serverVersion = server.version === undefined ? server.kind : `${server.kind} ${server.version}`;
    this.identity = {
      name: name.text,
      provider: dialect.provider,
      ...(server.kind === "unknown" ? {} : { serverVersion }),
      contextTokens,
    };
    this.capabilities = {
      overflow: refusesOverflow(server) ? "error" : "silent",
      seed: true,
      cachedTokens: server.kind === "openai" || server.kind === "vllm" || server.kind === "llama-server",
      streaming: true,
      grammar: grammarForm(server.kind),
      adapters: "none",
      ...dialect.capabilities,
    };
    this.#dialect = dialect;
    this.#model = name.model;
    this.#baseUrl = client.baseURL;
    this.#contextTokens = contextTokens;
    this.#server = server;
    this.#context = context;
    this.#client = client;
    this.#deps = deps;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const call = {
      modelName: this.identity.name,
      options,
      capabilities: this.capabilities,
      clock: this.#deps.clock,
      random: this.#deps.random,
    };
    if (this.#server.kind !== "ollama") return chatCall(call, (attempt) => this.#attempt(messages, options, attempt));
    // Ollama's /v1 cuts a long prompt and says nothing, so only prompts that fit for certain are sent, and the context that the server
    // gave the model is looked up once it is loaded.
    const most = mostTokens(messages) + options.sampling.maxTokens;
    this.#refuseWhatMayBeCut(most, this.#contextTokens);
    const reply = await chatCall(call, (attempt) => this.#attempt(messages, options, attempt));
    const served = await findOllamaContext(this.#baseUrl, this.#model, (url) => getJson(url, this.#deps));
    this.#refuseWhatMayBeCut(most, served);
    return reply;
  }

  #refuseWhatMayBeCut(most: number, contextTokens: number): void {
    if (most <= contextTokens) return;
    throw new ProviderError(
      `${this.identity.name}: the prompt and reply may have up to ${most} tokens, more than the context of ${contextTokens}, and Ollama's OpenAI endpoint would cut the prompt silently. Use ollama:${this.#model}, which counts exactly.`,
      { code: "context-overflow", data: { contextTokens } },
    );
  }

  async #attempt(messages: readonly ChatMessage[], options: ChatOptions, attempt: ChatAttempt): Promise<ChatReply> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    const limitField = this.#server.kind === "openai" ? "max_completion_tokens" : "max_tokens";
    const request = {
      ...toRequest(this.#model, messages, options.sampling, limitField),
      ...grammarFields(options.grammar, this.#server.kind),
      ...this.#dialect.extraFields?.(options),
    };
    const stream = await this.#client.chat.completions
      .create(request, { signal: attempt.signal, timeout: options.timeoutMs + TIMEOUT_MARGIN_MS })
      .catch((cause: unknown) => {
        const fault = requestFault(cause, this.#context);
        throw options.grammar !== undefined && fault.code === "refused" ? withGrammarHint(fault) : fault;
      });
    let text = "";
    let firstTokenMs: number | undefined;
    const end = await readStream(stream, this.#context, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      attempt.onText(piece);
    });
    const usage = toUsage(end.usage);
    checkForCut(messages, {
      modelName: this.identity.name,
      usage,
      cutByLength: end.finishReason === "length",
      maxTokens: options.sampling.maxTokens,
      contextTokens: this.#contextTokens,
    });
    if (end.finishReason === "stop") checkHeeded(text, options.grammar, this.identity.name);
    return {
      text,
      finishReason: end.finishReason,
      usage,
      timings: { totalMs: clock.monotonicMs() - startedMs, firstTokenMs },
    };
  }

  /** There is no common call that counts. */
  async countTokens(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    // The server lives on; the package keeps no connection that must be closed.
  }
}

interface StreamEnd {
  finishReason: "stop" | "length";
  usage: CompletionUsage | undefined;
}

/** Passes text on until the stream ends. Throws `stream-cut` unless a finish reason came, `empty-response` if nothing came. */
async function readStream(
  stream: AsyncIterable<unknown>,
  context: FaultContext,
  onText: (piece: string) => void,
): Promise<StreamEnd> {
  const chunks = stream[Symbol.asyncIterator]();
  let reason: string | undefined;
  let usage: CompletionUsage | undefined;
  let sawChoice = false;
  for (;;) {
    const next = await chunks.next().catch((cause: unknown) => {
      throw streamFault(cause, context);
    });
    if (next.done) break;
    const chunk = v.safeParse(CompletionChunk, next.value);
    if (!chunk.success) throw badResponseFault(context, `an unknown kind of event (${chunk.issues[0].message})`);
    usage = chunk.output.usage ?? usage;
    const choice = chunk.output.choices?.[0];
    if (choice === undefined) continue;
    sawChoice = true;
    if (choice.delta?.refusal != null) throw refusedFault(context, choice.delta.refusal);
    const piece = choice.delta?.content ?? "";
    if (piece !== "") onText(piece);
    reason = choice.finish_reason ?? reason;
  }
  if (reason === undefined) {
    if (!sawChoice && usage !== undefined) throw emptyResponseFault(context, "no choices");
    throw streamCutFault(context);
  }
  const finishReason = mapFinish(reason);
  if (finishReason === undefined) throw refusedFault(context, `finish_reason is "${reason}"`);
  return { finishReason, usage };
}

function withGrammarHint(fault: AutomemError): ProviderError {
  return new ProviderError(`${fault.message} ${grammarRefusedHint}`, {
    code: fault.code,
    data: fault.data,
    cause: fault,
  });
}

function refusedFault(context: FaultContext, reason: string): ProviderError {
  return new ProviderError(`${context.modelName} at ${context.server} did not write a reply: ${reason}.`, {
    code: "refused",
    data: { reason },
  });
}

/** Servers without a list are taken as they are; anything else that is wrong shows here, before a game starts. */
async function listModels(client: OpenAI, context: FaultContext, deps: ProviderDeps): Promise<ModelList | undefined> {
  const ask = async (): Promise<unknown> => {
    try {
      return await client.get("/models", { timeout: OPEN_TIMEOUT_MS });
    } catch (cause) {
      throw requestFault(cause, context);
    }
  };
  let answer: unknown;
  try {
    answer = await withRetries(ask, { clock: deps.clock, random: deps.random });
  } catch (fault) {
    if (fault instanceof AutomemError && (fault.code === "model-missing" || fault.data.status === 405))
      return undefined;
    throw fault;
  }
  const listed = v.safeParse(ModelList, answer);
  return listed.success ? listed.output : undefined;
}

function checkListed(name: ModelName, listed: ModelList | undefined, context: FaultContext): void {
  if (listed === undefined || listed.data.length === 0) return;
  const ids = listed.data.map(({ id }) => id);
  if (ids.includes(name.model) || ids.includes(`${name.model}:latest`)) return;
  // llama-server answers for its one model whatever the name; others refuse.
  if (listed.data.length === 1 && listed.data[0]?.owned_by === "llamacpp") return;
  throw new ProviderError(
    `The server at ${context.server} has no model "${name.model}". It has: ${ids.slice(0, 20).join(", ")}.`,
    { code: "model-missing", data: { model: name.model, models: ids.slice(0, 100) } },
  );
}

function checkContext(name: ModelName, settings: ModelSettings, { contextTokens }: ServerKind): void {
  if (contextTokens === undefined || contextTokens >= settings.contextTokens) return;
  throw new ConfigError(
    `The server of ${name.text} has a context of ${contextTokens} tokens; ${settings.contextTokens} were asked for. Ask for ${contextTokens} or fewer, or start the server with more.`,
    { code: "context-too-large", data: { contextTokens } },
  );
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

/** `fetch` that refuses a good answer to a chat call which is no event stream: a proxy's page, or a server that cannot stream. */
function eventStreamFetch(send: typeof fetch, context: FaultContext): typeof fetch {
  const checked = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    // A server may think for longer than the five minutes of silence that Bun allows.
    const response = await send(input, { ...init, timeout: false } as RequestInit);
    const type = response.headers.get("content-type") ?? "";
    const chat = init?.method?.toUpperCase() === "POST";
    if (!chat || !response.ok || type.includes("event-stream")) return response;
    const start = (await response.text()).slice(0, 200);
    throw badResponseFault(context, `${type || "something"} instead of an event stream: ${JSON.stringify(start)}`);
  };
  return Object.assign(checked, { preconnect: send.preconnect });
}
