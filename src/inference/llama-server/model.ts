/**
 * Models of a llama-server, by its own endpoints: prompts are templated and counted before they are sent, each conversation has its slot,
 * and every request names the scale of every adapter. Source of the rules: measurements, docs/models.md.
 */
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
import { ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import type { ToolMessage, ToolOptions, ToolReply, ToolSpec } from "../../core/tool-calls.ts";
import { type ChatAttempt, chatCall } from "../chat-call.ts";
import { emptyResponseFault } from "../http-fault.ts";
import { requestGood, requestJson } from "../json-request.ts";
import { mapToolFinish } from "../openai/map-finish.ts";
import { readStream, refusedFault } from "../openai/read-stream.ts";
import { toUsage as toToolUsage } from "../openai/usage.ts";
import { checkForCut } from "../overflow.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { certainMessages } from "../tools/plain-messages.ts";
import { readCalls } from "../tools/read-call.ts";
import { findAdapter, loraScales } from "./adapters.ts";
import { streamChat } from "./chat-stream.ts";
import { readCompletion } from "./completion-stream.ts";
import { toRequest } from "./convert-messages.ts";
import { mapFinish } from "./map-finish.ts";
import { type OpenedServer, openServer } from "./open.ts";
import { SlotChooser } from "./slots.ts";
import { templated, toToolRequest } from "./tool-request.ts";
import { toUsage } from "./usage.ts";
import { AppliedTemplate, Probabilities, Tokenized } from "./wire.ts";

const COUNT_TIMEOUT_MS = 20_000;
/**
 * Makes the sampled token a whole character: of a part of one the server tells no probabilities. Those that are told are from before the
 * bias.
 */
const PLAIN_TOKEN = [["a", 100]];

/** Waits while the server loads, then looks at what it serves. Throws as `openServer`. */
export async function openLlamaServer(
  name: ModelName,
  settings: ModelSettings,
  deps: ProviderDeps,
): Promise<ChatModel> {
  return new LlamaServerModel(name, settings, await openServer(name, settings, deps), deps);
}

interface Asked {
  conversation: readonly ToolMessage[];
  tools: readonly ToolSpec[];
  options: ToolOptions;
}

interface Place {
  slot: number;
  adapter: number | undefined;
}

class LlamaServerModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  readonly #contextTokens: number;
  readonly #opened: OpenedServer;
  readonly #slots: SlotChooser;
  readonly #deps: ProviderDeps;

  constructor(name: ModelName, settings: ModelSettings, opened: OpenedServer, deps: ProviderDeps) {
    const { props, adapters } = opened;
    this.identity = {
      name: name.text,
      provider: "llama-server",
      serverVersion: props.build_info ? `llama-server ${props.build_info}` : "llama-server",
      contextTokens: settings.contextTokens,
    };
    this.capabilities = {
      overflow: "error",
      seed: true,
      cachedTokens: true,
      streaming: true,
      grammar: "gbnf",
      adapters: adapters.length > 0 ? "load-at-start" : "none",
    };
    this.#contextTokens = settings.contextTokens;
    this.#opened = opened;
    this.#slots = new SlotChooser(props.total_slots);
    this.#deps = deps;
  }

  chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    const { clock, random } = this.#deps;
    const call = { modelName: this.identity.name, options, capabilities: this.capabilities, clock, random };
    return chatCall(call, (attempt) =>
      this.#inSlot(options, (place) => this.#attempt(messages, options, attempt, place)),
    );
  }

  /** By the server's OpenAI endpoint, which knows the model's form of tools; everything else is as in a chat. */
  chatWithTools(
    conversation: readonly ToolMessage[],
    tools: readonly ToolSpec[],
    options: ToolOptions,
  ): Promise<ToolReply> {
    const { clock, random } = this.#deps;
    const call = { modelName: this.identity.name, options, capabilities: this.capabilities, clock, random };
    return chatCall(call, (attempt) =>
      this.#inSlot(options, (place) => this.#attemptTools({ conversation, tools, options }, attempt, place)),
    );
  }

  nextTokens(messages: readonly ChatMessage[], options: NextTokensOptions): Promise<NextToken[]> {
    const { count, timeoutMs, signal } = options;
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
    return this.#inSlot(options, async ({ slot, adapter }) => {
      const tokens = await this.#tokens(messages, limit);
      this.#refuseOverflow(tokens.length, 1);
      const lora = loraScales(this.#opened.adapters, adapter);
      const asked = toRequest({ tokens, sampling: { temperature: 1, maxTokens: 1 }, slot, lora });
      const body = { ...asked, stream: false, n_probs: count, post_sampling_probs: false, logit_bias: PLAIN_TOKEN };
      const { completion_probabilities } = await requestJson(
        this.#opened.server,
        { path: "/completion", body, signal: limit },
        Probabilities,
      );
      return completion_probabilities[0]!.top_logprobs.flatMap(({ id, logprob }) =>
        logprob == null ? [] : [{ token: String(id), logProbability: logprob }],
      );
    });
  }

  async countTokens(messages: readonly ChatMessage[]): Promise<number> {
    return (await this.#tokens(messages, AbortSignal.timeout(COUNT_TIMEOUT_MS))).length;
  }

  async close(): Promise<void> {
    // The server lives on; each call has its own connection.
  }

  async #inSlot<Reply>(
    options: Pick<ToolOptions, "adapter" | "cacheKey">,
    work: (place: Place) => Promise<Reply>,
  ): Promise<Reply> {
    const adapter = this.#adapterId(options.adapter);
    const slot = this.#slots.take(options.cacheKey, options.adapter);
    try {
      return await work({ slot, adapter });
    } finally {
      this.#slots.release(slot);
    }
  }

  async #attemptTools(
    { conversation, tools, options }: Asked,
    { signal, onText }: ChatAttempt,
    { slot, adapter }: Place,
  ): Promise<ToolReply> {
    const { clock } = this.#deps;
    const { server, context, adapters } = this.#opened;
    const { sampling } = options;
    const startedMs = clock.monotonicMs();
    const tokens = await this.#templatedTokens(templated(conversation, tools), signal);
    this.#refuseOverflow(tokens.length, sampling.maxTokens);
    const body = toToolRequest({ conversation, tools, sampling, slot, lora: loraScales(adapters, adapter) });
    const stream = await streamChat(server, { path: "/v1/chat/completions", body, signal, keepAlive: false });
    let text = "";
    let firstTokenMs: number | undefined;
    const end = await readStream(stream, context, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      onText(piece);
    });
    const finishReason = mapToolFinish(end.reason, end.calls.length);
    if (finishReason === undefined) throw refusedFault(context, `finish_reason is "${end.reason}"`);
    const usage = toToolUsage(end.usage);
    checkForCut(certainMessages(conversation), {
      modelName: this.identity.name,
      usage,
      cutByLength: finishReason === "length",
      maxTokens: sampling.maxTokens,
      contextTokens: this.#contextTokens,
    });
    const timings = { totalMs: clock.monotonicMs() - startedMs, firstTokenMs };
    return { text, calls: readCalls(end.calls, conversation, tools), finishReason, usage, timings };
  }

  async #attempt(
    messages: readonly ChatMessage[],
    options: ChatOptions,
    { signal, onText }: ChatAttempt,
    place: Place,
  ): Promise<ChatReply> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    const tokens = await this.#tokens(messages, signal);
    this.#refuseOverflow(tokens.length, options.sampling.maxTokens);
    const body = toRequest({
      tokens,
      sampling: options.sampling,
      slot: place.slot,
      lora: loraScales(this.#opened.adapters, place.adapter),
      grammar: options.grammar,
    });
    const response = await requestGood(this.#opened.server, { path: "/completion", body, signal, keepAlive: false });
    let text = "";
    let firstTokenMs: number | undefined;
    const end = await readCompletion(response, this.#opened.context, (piece) => {
      firstTokenMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      onText(piece);
    });
    const finishReason = mapFinish(end.stop_type);
    if (finishReason === undefined) throw emptyResponseFault(this.#opened.context, `stop_type ${end.stop_type}`);
    const usage = toUsage(end);
    if (text === "" && usage.generatedTokens === undefined) {
      throw emptyResponseFault(this.#opened.context, "without figures");
    }
    checkForCut(messages, {
      modelName: this.identity.name,
      usage,
      cutByLength: finishReason === "length",
      maxTokens: options.sampling.maxTokens,
      contextTokens: this.#contextTokens,
    });
    return { text, finishReason, usage, timings: { totalMs: clock.monotonicMs() - startedMs, firstTokenMs } };
  }

  /** The conversation as the model reads it. */
  #tokens(messages: readonly ChatMessage[], signal: AbortSignal): Promise<number[]> {
    return this.#templatedTokens({ messages: messages.map(({ role, content }) => ({ role, content })) }, signal);
  }

  async #templatedTokens(conversation: object, signal: AbortSignal): Promise<number[]> {
    const { server } = this.#opened;
    const asked = { path: "/apply-template", body: conversation, signal };
    const { prompt } = await requestJson(server, asked, AppliedTemplate);
    const body = { content: prompt, add_special: true, parse_special: true };
    return (await requestJson(server, { path: "/tokenize", body, signal }, Tokenized)).tokens;
  }

  #refuseOverflow(promptTokens: number, maxTokens: number): void {
    const contextTokens = this.#contextTokens;
    if (promptTokens + maxTokens <= contextTokens) return;
    throw new ProviderError(
      `${this.identity.name}: the prompt has ${promptTokens} tokens and the reply may have ${maxTokens}, more than the context of ${contextTokens}. Use a larger context, a shorter prompt or fewer tokens for the reply.`,
      { code: "context-overflow", data: { promptTokens, contextTokens } },
    );
  }

  #adapterId(hash: string | undefined): number | undefined {
    if (hash === undefined || this.capabilities.adapters === "none") return undefined;
    const id = findAdapter(this.#opened.adapters, hash);
    if (id !== undefined) return id;
    throw new ProviderError(
      `The llama-server at ${this.#opened.context.server} has no adapter ${hash.slice(0, 12)}. It loads adapters only at its start: start it with --lora PATH, where PATH carries the adapter's hash.`,
      { code: "refused", data: { adapter: hash, loaded: this.#opened.adapters.map(({ path }) => path) } },
    );
  }
}
