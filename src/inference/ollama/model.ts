/** Models of an Ollama server, through the npm package `ollama`. */
import * as v from "valibot";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
  NextToken,
  NextTokensOptions,
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
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { certainMessages } from "../tools/plain-messages.ts";
import { readCalls, type WrittenCall } from "../tools/read-call.ts";
import { baseFor, OllamaAdapters } from "./adapters.ts";
import { toRequest } from "./convert-messages.ts";
import { mapFinish } from "./map-finish.ts";
import { tellsProbabilities, toNextTokens } from "./next-tokens.ts";
import { OllamaServer, serverFromEnvironment } from "./server.ts";
import { toUsage } from "./usage.ts";
import { ChatChunk, findDigest, LikelyReply, ListedModels, ServerVersion, ShownModel, trainedContext } from "./wire.ts";

type Asked = readonly (ChatMessage | ToolMessage)[];

interface Answer extends ChatReply {
  calls: WrittenCall[];
}

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
  const ollama = await OllamaServer.at(host, context, deps);
  const shown = await ollama.look(ShownModel, (client) => client.show({ model: name.model }));
  const trained = trainedContext(shown);
  if (trained !== undefined && settings.contextTokens > trained) {
    throw new ConfigError(
      `${name.text} was trained on contexts of ${trained} tokens; ${settings.contextTokens} were asked for. Ask for ${trained} or fewer.`,
      { code: "context-too-large", data: { contextTokens: trained } },
    );
  }
  const listed = await ollama.look(ListedModels, (client) => client.list());
  const { version } = await ollama.look(ServerVersion, (client) => client.version());
  const identity: ModelIdentity = {
    name: name.text,
    provider: "ollama",
    digest: findDigest(listed, name.model),
    serverVersion: `ollama ${version}`,
    contextTokens: settings.contextTokens,
  };
  const base = baseFor(name.model, identity.digest, shown);
  const adapters =
    base === undefined
      ? undefined
      : new OllamaAdapters(base, ollama, deps, (model) => toRequest(model, [], loading, settings));
  return new OllamaModel({ identity, model: name.model, settings, ollama, adapters, deps, version });
}

/** Loads as calls do; what is sampled does not matter to it. */
const loading = { sampling: { temperature: 0, maxTokens: 1 } };

interface OllamaParts {
  identity: ModelIdentity;
  /** On the server. */
  model: string;
  settings: ModelSettings;
  ollama: OllamaServer;
  /** Absent for a model that cannot have one. */
  adapters: OllamaAdapters | undefined;
  deps: ProviderDeps;
  /** Of the server. */
  version: string;
}

class OllamaModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  readonly adapters: OllamaAdapters | undefined;
  readonly nextTokens: ChatModel["nextTokens"];
  readonly #parts: OllamaParts;

  constructor(parts: OllamaParts) {
    this.identity = parts.identity;
    this.adapters = parts.adapters;
    this.capabilities = {
      overflow: "error",
      seed: true,
      cachedTokens: false,
      streaming: true,
      grammar: "json-schema",
      adapters: parts.adapters === undefined ? "none" : "runtime",
    };
    this.nextTokens = tellsProbabilities(parts.version) ? this.#nextTokens.bind(this) : undefined;
    this.#parts = parts;
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
      capabilities: this.capabilities,
      clock: this.#parts.deps.clock,
      random: this.#parts.deps.random,
    };
    return chatCall(call, (attempt) => this.#attempt(messages, tools, options, attempt));
  }

  async #attempt(
    messages: Asked,
    tools: readonly ToolSpec[],
    options: ChatOptions,
    attempt: ChatAttempt,
  ): Promise<Answer> {
    const { ollama, settings, deps } = this.#parts;
    const { clock } = deps;
    const startedMs = clock.monotonicMs();
    const request = toRequest(await this.#modelFor(options), messages, options, settings, tools);
    const stream = await ollama.client(attempt.signal).chat(request);
    let text = "";
    let firstTokenMs: number | undefined;
    const { last, calls } = await this.#readStream(stream, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      attempt.onText(piece);
    });
    const finishReason = mapFinish(last.done_reason);
    if (finishReason === undefined) throw emptyResponseFault(ollama.context, `done_reason ${last.done_reason}`);
    const usage = toUsage(last);
    checkForCut(certainMessages(messages), {
      modelName: this.identity.name,
      usage,
      cutByLength: finishReason === "length",
      maxTokens: options.sampling.maxTokens,
      contextTokens: settings.contextTokens,
    });
    return { text, calls, finishReason, usage, timings: { totalMs: clock.monotonicMs() - startedMs, firstTokenMs } };
  }

  /** Passes text on until the chunk marked done, which is returned. Throws `stream-cut` without one. */
  async #readStream(
    stream: AsyncIterable<unknown>,
    onText: (piece: string) => void,
  ): Promise<{ last: ChatChunk; calls: WrittenCall[] }> {
    const { context } = this.#parts.ollama;
    const chunks = stream[Symbol.asyncIterator]();
    const calls: WrittenCall[] = [];
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        if (cause instanceof AutomemError) throw cause;
        throw streamCutFault(context, cause);
      });
      if (next.done) throw streamCutFault(context);
      const chunk = v.safeParse(ChatChunk, next.value);
      if (!chunk.success) throw badResponseFault(context, `an unknown kind of message (${chunk.issues[0].message})`);
      const piece = chunk.output.message?.content ?? "";
      if (piece !== "") onText(piece);
      for (const { function: called } of chunk.output.message?.tool_calls ?? []) {
        calls.push({ id: "", name: called?.name ?? "", input: called?.arguments ?? {} });
      }
      if (chunk.output.done === true) return { last: chunk.output, calls };
    }
  }

  /** By the raw distribution; at most 20. */
  async #nextTokens(messages: readonly ChatMessage[], options: NextTokensOptions): Promise<NextToken[]> {
    const { ollama, settings } = this.#parts;
    const { count, timeoutMs, signal } = options;
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
    const asked = toRequest(await this.#modelFor(options), messages, loading, settings);
    const likely = { ...asked, stream: false as const, logprobs: true, top_logprobs: count };
    const ask = async (format?: "json") =>
      toNextTokens(
        await ollama.read(LikelyReply, () =>
          ollama.client(limit).chat({ ...likely, ...(format === undefined ? {} : { format }) }),
        ),
      );
    // An end as the likeliest token is not told of; a grammar forbids it and leaves the probabilities as they are.
    const told = (await ask()) ?? (await ask("json"));
    if (told === undefined) throw badResponseFault(ollama.context, "without the probabilities it was asked for");
    return told;
  }

  async #modelFor({ adapter }: Pick<ChatOptions, "adapter">): Promise<string> {
    if (adapter === undefined || this.adapters === undefined) return this.#parts.model;
    return this.adapters.modelFor(adapter);
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
