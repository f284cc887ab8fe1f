/** What is asked of a llama-server before the first call: is it ready, what does it serve, with which context and adapters. */
import type * as v from "valibot";
import { ConfigError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import { type FaultContext, withoutCredentials } from "../http-fault.ts";
import { type JsonServer, requestAny, requestJson, statusFault } from "../json-request.ts";
import { withRetries } from "../retry.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { loraScales } from "./adapters.ts";
import { keepsHostCache } from "./host-cache.ts";
import { type LoraAdapters, LoraAdapters as LoraAdaptersSchema, LoraSet, Props } from "./wire.ts";

const DEFAULT_SERVER = "http://127.0.0.1:8080";
const OPEN_TIMEOUT_MS = 20_000;
/** A large model takes minutes to load; the server answers 503 until it is. */
const LOADING_TIMEOUT_MS = 600_000;
const LOADING_POLL_MS = 500;

export interface OpenedServer {
  server: JsonServer;
  context: FaultContext;
  props: Props;
  adapters: LoraAdapters;
}

/** Throws `ProviderError`; `ConfigError` for a context larger than a slot's. */
export async function openServer(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<OpenedServer> {
  const { model, baseUrl } = whereOf(name);
  const context: FaultContext = {
    modelName: name.text,
    server: withoutCredentials(baseUrl),
    startHint: "Start llama-server, or look at the address: its root, without /v1.",
    modelHint: "Is a llama-server behind this address, and does the address end before /v1?",
    accessHint: "Set LLAMA_API_KEY to the key that the server was started with.",
    contextTokens: settings.contextTokens,
  };
  const server: JsonServer = { fetch: deps.fetch, baseUrl, key: deps.env.LLAMA_API_KEY || undefined, context };
  await waitUntilLoaded(server, deps);
  const ask = <S extends v.GenericSchema>(path: string, schema: S, body?: unknown) =>
    withRetries(() => requestJson(server, { path, body, signal: AbortSignal.timeout(OPEN_TIMEOUT_MS) }, schema), {
      clock: deps.clock,
      random: deps.random,
    });
  const props = await ask("/props", Props);
  checkModel(name.text, model, props, context);
  checkContext(name, settings, props);
  const adapters = await ask("/lora-adapters", LoraAdaptersSchema);
  if (adapters.length > 0) {
    // The server starts with every adapter in full.
    await ask("/lora-adapters", LoraSet, loraScales(adapters, undefined));
    if (await keepsHostCache(server, adapters, AbortSignal.timeout(LOADING_TIMEOUT_MS))) throw hostCacheFault(context);
  }
  return { server, context, props, adapters };
}

/** `llama-server:NAME@URL`, `llama-server:URL` or `llama-server:NAME` for the usual port of this machine. */
function whereOf(name: ModelName): { model: string | undefined; baseUrl: string } {
  const bare = /^https?:\/\//.test(name.model);
  const url = name.url ?? (bare ? name.model : DEFAULT_SERVER);
  if (!URL.canParse(url)) {
    throw new ConfigError(`Model "${name.text}": expected NAME@URL or URL after "llama-server:".`, {
      code: "bad-model-name",
    });
  }
  return { model: bare ? undefined : name.model, baseUrl: url.replace(/\/+$/, "").replace(/\/v1$/, "") };
}

async function waitUntilLoaded(server: JsonServer, { clock, random }: ProviderDeps): Promise<void> {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const request = { path: "/health", signal: AbortSignal.timeout(OPEN_TIMEOUT_MS) };
    const response = await withRetries(() => requestAny(server, request), { clock, random });
    if (response.status !== 503) {
      if (!response.ok) throw await statusFault(response, server.context);
      await response.body?.cancel();
      return;
    }
    const fault = await statusFault(response, server.context);
    if (clock.monotonicMs() - startedMs >= LOADING_TIMEOUT_MS) throw fault;
    await clock.sleep(LOADING_POLL_MS);
  }
}

function checkModel(text: string, model: string | undefined, props: Props, context: FaultContext): void {
  const file = props.model_path?.split(/[\\/]/).at(-1);
  const served = [props.model_alias, file].filter((name): name is string => !!name);
  if (model === undefined || served.length === 0) return;
  if (served.some((name) => name === model || name === `${model}.gguf`)) return;
  throw new ProviderError(
    `The llama-server at ${context.server} serves ${served[0]}, not "${model}". Name it ${text.replace(model, served[0] as string)}, or start the server with --alias ${model}.`,
    { code: "model-missing", data: { model, models: served } },
  );
}

function checkContext(name: ModelName, settings: ModelSettings, props: Props): void {
  const { n_ctx } = props.default_generation_settings;
  if (n_ctx >= settings.contextTokens) return;
  throw new ConfigError(
    `The server of ${name.text} has ${props.total_slots} slots of ${n_ctx} tokens each; ${settings.contextTokens} were asked for. Ask for ${n_ctx} or fewer, or start it with a larger -c (which --parallel divides).`,
    { code: "context-too-large", data: { contextTokens: n_ctx } },
  );
}

function hostCacheFault(context: FaultContext): ProviderError {
  return new ProviderError(
    `The llama-server at ${context.server} has adapters and keeps prompts in main memory without regard to them, so one adapter's cache would answer for another. Start it with --cache-ram 0.`,
    { code: "refused", data: { server: context.server } },
  );
}
