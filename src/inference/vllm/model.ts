/** Models of a vLLM server: OpenAI's protocol, and what vLLM has beside it: adapters while it runs, token counts, cache counters. */
import type * as v from "valibot";
import type { AdapterLoader } from "../../core/adapter-loader.ts";
import type {
  CacheTotals,
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
  NextToken,
  NextTokensOptions,
} from "../../core/chat-model.ts";
import { AutomemError, ConfigError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import type { ChatWithTools } from "../../core/tool-calls.ts";
import { type FaultContext, withoutCredentials } from "../http-fault.ts";
import { type JsonServer, requestAny, requestJson } from "../json-request.ts";
import type { OpenAiDialect } from "../openai/dialect.ts";
import { openCompatible } from "../openai/model.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { VllmAdapters } from "./adapters.ts";
import { readCacheTotals } from "./metrics.ts";
import { Likeliest, OpenApi, ServedModels, Tokenized, Version } from "./wire.ts";

const DEFAULT_BASE_URL = "http://127.0.0.1:8000/v1";
const KEY_VARIABLE = "VLLM_API_KEY";
const ASK_TIMEOUT_MS = 20_000;

/** Throws as the OpenAI provider does; `bad-response` where the server is no vLLM. */
export async function openVllm(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  const root = (name.url ?? DEFAULT_BASE_URL).replace(/\/+$/, "").replace(/\/v1$/, "");
  if (!URL.canParse(root)) {
    throw new ConfigError(`Model "${name.text}": expected NAME@URL after "vllm:".`, { code: "bad-model-name" });
  }
  const context: FaultContext = {
    modelName: name.text,
    server: withoutCredentials(root),
    startHint: "Start vLLM, or look at the address.",
    modelHint: `Look at the server's list of models (GET /v1/models); --served-model-name sets the name.`,
    accessHint: `Set ${KEY_VARIABLE} to the key that the server was started with.`,
    contextTokens: settings.contextTokens,
  };
  const server: JsonServer = { fetch: deps.fetch, baseUrl: root, key: deps.env[KEY_VARIABLE] || undefined, context };
  const routes = await askIfThere(server, "/openapi.json", OpenApi);
  const served = await askIfThere(server, "/v1/models", ServedModels);
  const adapters = adapterCapability(routes?.paths, served);
  const dialect: OpenAiDialect = {
    provider: "vllm",
    defaultBaseUrl: DEFAULT_BASE_URL,
    keyVariable: KEY_VARIABLE,
    startHint: context.startHint,
    modelHint: context.modelHint,
    // Reported for each call only with --enable-prompt-tokens-details, and then only when there are any.
    capabilities: { overflow: "error", cachedTokens: false, adapters },
    extraFields: adapterFields,
  };
  const inner = await openCompatible({ ...name, url: `${root}/v1` }, settings, deps, dialect);
  if (!inner.identity.serverVersion?.startsWith("vllm")) {
    await inner.close();
    throw new ProviderError(
      `The server at ${context.server} is no vLLM (its models have no max_model_len). Use openai:${name.model}@${context.server}/v1.`,
      { code: "bad-response", data: { server: context.server } },
    );
  }
  const version = await askIfThere(server, "/version", Version);
  return new VllmModel(name, inner, server, version?.version, adapters);
}

/** An adapter is asked for by its name; the salt keeps its prefixes apart from those of other weights that once had its path. */
export function adapterFields({ adapter }: Pick<ChatOptions, "adapter">): Record<string, unknown> {
  return adapter === undefined ? {} : { model: adapter, cache_salt: adapter };
}

/** `runtime` where the server has the calls that load; else whether it was started with adapters. */
export function adapterCapability(
  paths: Record<string, unknown> | undefined,
  served: ServedModels | undefined,
): ModelCapabilities["adapters"] {
  if (paths !== undefined && "/v1/load_lora_adapter" in paths) return "runtime";
  return served?.data.some(({ parent }) => parent != null) ? "load-at-start" : "none";
}

class VllmModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities: ModelCapabilities;
  readonly adapters: AdapterLoader | undefined;
  readonly chatWithTools: ChatWithTools | undefined;
  readonly #model: string;
  readonly #inner: ChatModel;
  readonly #server: JsonServer;

  constructor(
    name: ModelName,
    inner: ChatModel,
    server: JsonServer,
    version: string | undefined,
    adapters: ModelCapabilities["adapters"],
  ) {
    this.identity = { ...inner.identity, serverVersion: version === undefined ? "vllm" : `vllm ${version}` };
    this.capabilities = inner.capabilities;
    this.chatWithTools = inner.chatWithTools?.bind(inner);
    this.adapters = adapters === "runtime" ? new VllmAdapters(server) : undefined;
    this.#model = name.model;
    this.#inner = inner;
    this.#server = server;
  }

  chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    return this.#inner.chat(messages, options);
  }

  /** By the raw distribution unless the server was started with another `--logprobs-mode`; at most its `--max-logprobs` (20 by default). */
  async nextTokens(messages: readonly ChatMessage[], options: NextTokensOptions): Promise<NextToken[]> {
    const { count, timeoutMs, signal, adapter } = options;
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
    const asked = { messages, max_tokens: 1, temperature: 1, logprobs: true, top_logprobs: count };
    const body = { model: this.#model, ...asked, ...adapterFields({ adapter }) };
    const { choices } = await requestJson(
      this.#server,
      { path: "/v1/chat/completions", body, signal: limit },
      Likeliest,
    );
    const likely = choices[0]?.logprobs.content[0]?.top_logprobs ?? [];
    return likely.map(({ token, logprob }) => ({ token, logProbability: logprob }));
  }

  async countTokens(messages: readonly ChatMessage[]): Promise<number> {
    const body = { model: this.#model, messages, add_generation_prompt: true };
    const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
    return (await requestJson(this.#server, { path: "/tokenize", body, signal }, Tokenized)).count;
  }

  async cacheTotals(): Promise<CacheTotals | undefined> {
    const response = await requestAny(this.#server, { path: "/metrics", signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    return response.ok ? readCacheTotals(await response.text()) : undefined;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** Asked to learn more: a page that is missing or different is no fault; the calls that matter report theirs. */
async function askIfThere<S extends v.GenericSchema>(
  server: JsonServer,
  path: string,
  schema: S,
): Promise<v.InferOutput<S> | undefined> {
  try {
    return await requestJson(server, { path, signal: AbortSignal.timeout(ASK_TIMEOUT_MS) }, schema);
  } catch (cause) {
    if (cause instanceof AutomemError) return undefined;
    throw cause;
  }
}
