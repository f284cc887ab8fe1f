/** Model names as people write them: `llama-cpp:smollm2-135m`, `ollama:qwen2.5:7b`, `openai:NAME@URL`, `scripted:FILE`. */
import { ConfigError } from "./errors.ts";

export interface ModelName {
  /** The whole name, as written. */
  text: string;
  provider: string;
  /** The model, as the provider knows it. */
  model: string;
  /** Base URL, where one was given after the last `@`. */
  url?: string;
}

/** Splits a model name. Throws `ConfigError` (`bad-model-name`) when provider or model is missing or the URL is not one. */
export function parseModelName(text: string): ModelName {
  const colon = text.indexOf(":");
  if (colon <= 0 || colon === text.length - 1) {
    throw new ConfigError(
      `Model "${text}" is not PROVIDER:MODEL. Examples: llama-cpp:smollm2-135m, ollama:qwen2.5:7b, openai:NAME@http://127.0.0.1:8000/v1, scripted:FILE.`,
      { code: "bad-model-name" },
    );
  }
  const provider = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  const at = rest.search(/@https?:\/\//);
  if (at < 0) return { text, provider, model: rest };
  const url = rest.slice(at + 1);
  if (at === 0 || !URL.canParse(url)) {
    throw new ConfigError(`Model "${text}": expected NAME@URL after "${provider}:".`, { code: "bad-model-name" });
  }
  return { text, provider, model: rest.slice(0, at), url };
}
