/** Models of an Ollama server, through the npm package `ollama`. */
import type { Ollama } from "ollama";
import * as v from "valibot";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
} from "../../core/chat-model.ts";
import { AutomemError, ConfigError } from "../../core/errors.ts";
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
import { checkForCut } from "../overflow.ts";
import { withRetries } from "../retry.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { certainMessages } from "../tools/plain-messages.ts";
import { readCalls, type WrittenCall } from "../tools/read-call.ts";
import { checkedFetch } from "./checked-fetch.ts";
import { toRequest } from "./convert-messages.ts";
import { mapFinish } from "./map-finish.ts";
import { toUsage } from "./usage.ts";
import { ChatChunk, findDigest, ListedModels, ServerVersion, ShownModel, trainedContext } from "./wire.ts";

const DEFAULT_SERVER = "http://127.0.0.1:11434";
/** The calls that open a model answer at once on a server that works. */
const OPEN_TIMEOUT_MS = 20_000;

const capabilities: ModelCapabilities = {
  overflow: "error",
  seed: true,
  cachedTokens: false,
  streaming: true,
  grammar: "json-schema",
  adapters: "none",
};

type Asked = readonly (ChatMessage | ToolMessage)[];

interface Answer extends ChatReply {
  calls: WrittenCall[];
}

type CreateClient = (signal: AbortSignal) => Ollama;

/** Looks the model up on the server. Throws `ProviderError`; `ConfigError` for a context larger than the model's. */
export async function openOllama(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  const host = name.url ?? serverFromEnvironment(deps.env.OLLAMA_HOST);
  const server = withoutCredentials(host);
  const context: FaultContext = {
    modelName: name.text,
    server,
    startHint: 'Start Ollama with "ollama serve", or name another server as ollama:NAME@URL or in OLLAMA_HOST.',
    modelHint: `Bring the model with "ollama pull ${name.model}".`,
    accessHint: "The server, or a proxy before it, wants other credentials.",
    contextTokens: settings.contextTokens,
  };
  const ollama = await import("ollama");
  const createClient: CreateClient = (signal) =>
    new ollama.Ollama({ host, fetch: checkedFetch({ fetch: deps.fetch, signal, context }) });
  const look = <S extends v.GenericSchema>(schema: S, ask: (client: Ollama) => Promise<unknown>) =>
    withRetries(() => read(schema, () => ask(createClient(AbortSignal.timeout(OPEN_TIMEOUT_MS))), context), {
      clock: deps.clock,
      random: deps.random,
    });
  const shown = await look(ShownModel, (client) => client.show({ model: name.model }));
  const trained = trainedContext(shown);
  if (trained !== undefined && settings.contextTokens > trained) {
    throw new ConfigError(
      `${name.text} was trained on contexts of ${trained} tokens; ${settings.contextTokens} were asked for. Ask for ${trained} or fewer.`,
      { code: "context-too-large", data: { contextTokens: trained } },
    );
  }
  const listed = await look(ListedModels, (client) => client.list());
  const { version } = await look(ServerVersion, (client) => client.version());
  const identity: ModelIdentity = {
    name: name.text,
    provider: "ollama",
    digest: findDigest(listed, name.model),
    serverVersion: `ollama ${version}`,
    contextTokens: settings.contextTokens,
  };
  return new OllamaModel(identity, name.model, settings, context, createClient, deps);
}

class OllamaModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities = capabilities;
  readonly #model: string;
  readonly #settings: ModelSettings;
  readonly #context: FaultContext;
  readonly #createClient: CreateClient;
  readonly #deps: ProviderDeps;

  constructor(
    identity: ModelIdentity,
    model: string,
    settings: ModelSettings,
    context: FaultContext,
    createClient: CreateClient,
    deps: ProviderDeps,
  ) {
    this.identity = identity;
    this.#model = model;
    this.#settings = settings;
    this.#context = context;
    this.#createClient = createClient;
    this.#deps = deps;
  }

  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const { text, finishReason, usage, timings } = await this.#ask(messages, [], options);
    return { text, finishReason, usage, timings };
  }

  async chatWithTools(
    conversation: readonly ToolMessage[],
    tools: readonly ToolSpec[],
    options: ToolOptions,
  ): Promise<ToolReply> {
    const { text, calls: written, finishReason, usage, timings } = await this.#ask(conversation, tools, options);
    const calls = readCalls(written, conversation, tools);
    return { text, calls, finishReason: toolFinish(finishReason, calls.length), usage, timings };
  }

  #ask(messages: Asked, tools: readonly ToolSpec[], options: ChatOptions): Promise<Answer> {
    const call = {
      modelName: this.identity.name,
      options,
      capabilities,
      clock: this.#deps.clock,
      random: this.#deps.random,
    };
    return chatCall(call, (attempt) => this.#attempt(messages, tools, options, attempt));
  }

  async #attempt(
    messages: Asked,
    tools: readonly ToolSpec[],
    options: ChatOptions,
    attempt: ChatAttempt,
  ): Promise<Answer> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    const request = toRequest(this.#model, messages, options, this.#settings, tools);
    const stream = await this.#createClient(attempt.signal).chat(request);
    let text = "";
    let firstTokenMs: number | undefined;
    const { last, calls } = await this.#readStream(stream, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      attempt.onText(piece);
    });
    const finishReason = mapFinish(last.done_reason);
    if (finishReason === undefined) throw emptyResponseFault(this.#context, `done_reason ${last.done_reason}`);
    const usage = toUsage(last);
    checkForCut(certainMessages(messages), {
      modelName: this.identity.name,
      usage,
      cutByLength: finishReason === "length",
      maxTokens: options.sampling.maxTokens,
      contextTokens: this.#settings.contextTokens,
    });
    return { text, calls, finishReason, usage, timings: { totalMs: clock.monotonicMs() - startedMs, firstTokenMs } };
  }

  /** Passes text on until the chunk marked done, which is returned. Throws `stream-cut` without one. */
  async #readStream(
    stream: AsyncIterable<unknown>,
    onText: (piece: string) => void,
  ): Promise<{ last: ChatChunk; calls: WrittenCall[] }> {
    const chunks = stream[Symbol.asyncIterator]();
    const calls: WrittenCall[] = [];
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        if (cause instanceof AutomemError) throw cause;
        throw streamCutFault(this.#context, cause);
      });
      if (next.done) throw streamCutFault(this.#context);
      const chunk = v.safeParse(ChatChunk, next.value);
      if (!chunk.success)
        throw badResponseFault(this.#context, `an unknown kind of message (${chunk.issues[0].message})`);
      const piece = chunk.output.message?.content ?? "";
      if (piece !== "") onText(piece);
      for (const { function: called } of chunk.output.message?.tool_calls ?? []) {
        calls.push({ id: "", name: called?.name ?? "", input: called?.arguments ?? {} });
      }
      if (chunk.output.done === true) return { last: chunk.output, calls };
    }
  }

  /** Ollama has no call that counts. */
  async countTokens(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    // The server lives on; each call has its own connection.
  }
}

function toolFinish(reason: ChatReply["finishReason"], calls: number): ToolReply["finishReason"] {
  return reason === "stop" && calls > 0 ? "calls" : reason;
}

async function read<S extends v.GenericSchema>(
  schema: S,
  ask: () => Promise<unknown>,
  context: FaultContext,
): Promise<v.InferOutput<S>> {
  let answer: unknown;
  try {
    answer = await ask();
  } catch (cause) {
    if (cause instanceof AutomemError) throw cause;
    throw badResponseFault(context, "what cannot be read", cause);
  }
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  throw badResponseFault(context, `without what an Ollama server says (${result.issues[0].message})`);
}

/** OLLAMA_HOST as Ollama reads it: a URL, HOST:PORT, HOST or :PORT; an address to listen on means this machine. */
export function serverFromEnvironment(value: string | undefined): string {
  const written = value?.trim() ?? "";
  if (written === "") return DEFAULT_SERVER;
  const withScheme = written.includes("://")
    ? written
    : `http://${written.startsWith(":") ? `127.0.0.1${written}` : written}`;
  if (!URL.canParse(withScheme)) {
    throw new ConfigError(`OLLAMA_HOST is "${written}", which is no address. Example: 127.0.0.1:11434.`, {
      code: "bad-server",
    });
  }
  const url = new URL(withScheme);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1";
  if (!written.includes("://") && !/:\d+\/*$/.test(written)) url.port = "11434";
  return url.href.replace(/\/$/, "");
}
