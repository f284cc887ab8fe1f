/**
 * Which server is behind a base URL, and what is known of its context. Asked once, when a model is opened.
 * It matters because some servers refuse a prompt that does not fit (OpenAI, vLLM, llama-server) and one cuts it silently (Ollama's /v1).
 */
import * as v from "valibot";
import { LlamaServerProps, type ModelList, OllamaRunning, OllamaVersion } from "./wire.ts";

export interface ServerKind {
  kind: "openai" | "vllm" | "llama-server" | "ollama" | "unknown";
  /** Tokens of prompt and reply together, where the server says. */
  contextTokens?: number | undefined;
  version?: string | undefined;
}

/** `undefined` when there is no such page or it is not JSON. */
export type GetJson = (url: string) => Promise<unknown>;

/** Looks at the model list and, where that does not tell, at pages that only one kind of server has. */
export async function findServerKind(
  baseUrl: string,
  model: string,
  listed: ModelList | undefined,
  getJson: GetJson,
): Promise<ServerKind> {
  if (new URL(baseUrl).hostname === "api.openai.com") return { kind: "openai" };
  const entry = listed?.data.find(({ id }) => id === model) ?? listed?.data[0];
  if (entry?.max_model_len != null) return { kind: "vllm", contextTokens: entry.max_model_len };
  const root = baseUrl.replace(/\/v1\/?$/, "");
  const props = v.safeParse(LlamaServerProps, await getJson(`${root}/props`));
  if (props.success) {
    const { default_generation_settings: defaults, build_info } = props.output;
    return { kind: "llama-server", contextTokens: defaults.n_ctx, version: build_info ?? undefined };
  }
  const ollama = v.safeParse(OllamaVersion, await getJson(`${root}/api/version`));
  if (ollama.success) return { kind: "ollama", version: ollama.output.version };
  return { kind: "unknown" };
}

/** What Ollama gives a model when it is not told and nothing else is known; the smallest of its versions' defaults. */
const OLLAMA_SMALLEST_CONTEXT = 2048;

/** The context with which an Ollama server has the model loaded now. */
export async function findOllamaContext(baseUrl: string, model: string, getJson: GetJson): Promise<number> {
  const root = baseUrl.replace(/\/v1\/?$/, "");
  const running = v.safeParse(OllamaRunning, await getJson(`${root}/api/ps`));
  const models = running.success ? running.output.models : [];
  const found = models.find(({ name }) => name === model || name === `${model}:latest`);
  return found?.context_length ?? OLLAMA_SMALLEST_CONTEXT;
}

/** True for servers known to answer an overflow with an error. */
export function refusesOverflow({ kind }: ServerKind): boolean {
  return kind === "openai" || kind === "vllm" || kind === "llama-server";
}
