/** What a provider is opened with. */
import type { Engine, EngineStart } from "../core/engine.ts";
import type { Clock } from "../platform/clock.ts";
import type { ModelFiles } from "./model-files/model-files.ts";

export interface ModelSettings {
  /** Tokens of prompt and reply together. */
  contextTokens: number;
  /** Conversation heads that keep a prefix cache of their own: two (LOG and PLAN) for each episode at a time. */
  sequences: number;
  /** llama-cpp: default one on machines of up to four cores, else half of them. Ollama: the server's own default. */
  threads?: number | undefined;
  /** llama-cpp: default false but on Apple silicon. */
  gpu?: boolean | undefined;
  /** Ollama: layers on the GPU; the server's own default. */
  numGpu?: number | undefined;
}

export interface ProviderDeps {
  /** Starts the llama-cpp engine plugin with a model. */
  startEngine: (start: EngineStart) => Promise<Engine>;
  modelFiles: Pick<ModelFiles, "find" | "list">;
  fetch: typeof fetch;
  clock: Clock;
  /** Spreads the delays before further attempts. Default `Math.random`. */
  random?: (() => number) | undefined;
  /** OPENAI_API_KEY, ANTHROPIC_API_KEY and OLLAMA_HOST are read from here. */
  env: Readonly<Record<string, string | undefined>>;
}
