/** The providers by name. Each is loaded when it is first used. */
import type { ChatModel } from "../core/chat-model.ts";
import { ConfigError } from "../core/errors.ts";
import type { ModelName } from "../core/model-name.ts";
import { nearestName } from "./nearest.ts";
import type { ModelSettings, ProviderDeps } from "./settings.ts";

type OpenProvider = (name: ModelName, settings: ModelSettings, deps: ProviderDeps) => Promise<ChatModel>;

const providers: Readonly<Record<string, () => Promise<OpenProvider>>> = {
  "llama-cpp": async () => (await import("./llama-cpp/model.ts")).openLlamaCpp,
  "llama-server": async () => (await import("./llama-server/model.ts")).openLlamaServer,
  ollama: async () => (await import("./ollama/model.ts")).openOllama,
  openai: async () => (await import("./openai/model.ts")).openOpenAi,
  vllm: async () => (await import("./vllm/model.ts")).openVllm,
  anthropic: async () => (await import("./anthropic/model.ts")).openAnthropic,
  scripted: async () => (await import("./scripted/model.ts")).openScripted,
};

/** The part of a model name before the colon, for help and completion. */
export const providerNames: readonly string[] = Object.keys(providers);

/** Those of the providers that can hold a reply to a grammar. */
export const grammarProviders: readonly string[] = ["llama-cpp", "llama-server", "ollama", "openai", "vllm"];

/**
 * A model ready to be asked; `close` it in the end.
 * Throws `ConfigError` (`unknown-provider`, or what the provider cannot use) or `ProviderError` (as `ChatModel` says).
 */
export async function openModel(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  const load = Object.hasOwn(providers, name.provider) ? providers[name.provider] : undefined;
  if (load === undefined) {
    const nearest = nearestName(name.provider, providerNames);
    const hint = nearest === undefined ? "" : ` Did you mean ${nearest}:${name.model}?`;
    throw new ConfigError(
      `"${name.text}": there is no provider "${name.provider}".${hint} Providers: ${providerNames.join(", ")}.`,
      { code: "unknown-provider" },
    );
  }
  const open = await load();
  return open(name, settings, deps);
}
