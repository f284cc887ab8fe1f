/** A chat call as Ollama's request. Pure. */
import type { ChatMessage, ChatOptions } from "../../core/chat-model.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ModelSettings } from "../settings.ts";

/** How long the server keeps the model in memory after a call. */
const KEEP_ALIVE = "30m";

export interface OllamaRequest {
  model: string;
  messages: { role: string; content: string }[];
  stream: true;
  keep_alive: string;
  /** Both false: a prompt that does not fit is an error, and the context never slides. Otherwise the server drops the head silently. */
  truncate: false;
  shift: false;
  /** JSON schema that the reply is held to. */
  format?: JsonObject;
  options: Record<string, number | string[]>;
}

/** What is not set is sent as "off", because the server has defaults of its own (top_k 40, top_p 0.9, repeat_penalty). */
export function toRequest(
  model: string,
  messages: readonly ChatMessage[],
  { sampling, grammar }: Pick<ChatOptions, "sampling" | "grammar">,
  settings: ModelSettings,
): OllamaRequest {
  const { temperature, maxTokens, topP, topK, minP, seed, stop } = sampling;
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    keep_alive: KEEP_ALIVE,
    truncate: false,
    shift: false,
    ...(grammar?.form === "json-schema" ? { format: grammar.schema } : {}),
    options: {
      num_ctx: settings.contextTokens,
      num_predict: maxTokens,
      temperature,
      top_k: topK ?? 0,
      top_p: topP ?? 1,
      min_p: minP ?? 0,
      repeat_penalty: 1,
      ...(seed === undefined ? {} : { seed }),
      ...(stop === undefined ? {} : { stop }),
      ...(settings.threads === undefined ? {} : { num_thread: settings.threads }),
      ...(settings.numGpu === undefined ? {} : { num_gpu: settings.numGpu }),
    },
  };
}
