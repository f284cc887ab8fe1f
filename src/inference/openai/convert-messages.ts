/** A chat call as the request of an OpenAI-compatible server. Pure. */
import type { ChatMessage, Sampling } from "../../core/chat-model.ts";
import type { ToolMessage, ToolSpec } from "../../core/tool-calls.ts";
import { toMessages, toTools, type WireMessage, type WireTool } from "./tool-calls.ts";

export interface CompletionRequest {
  model: string;
  messages: WireMessage[];
  tools?: WireTool[];
  stream: true;
  stream_options: { include_usage: true };
  temperature: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  top_p?: number;
  seed?: number;
  stop?: string[];
  /** Not OpenAI's own; vLLM and llama-server know them. Sent only when set. */
  top_k?: number;
  min_p?: number;
}

/** OpenAI itself wants `max_completion_tokens`; other servers know `max_tokens`, some of them nothing else. */
export function toRequest(
  model: string,
  messages: readonly (ChatMessage | ToolMessage)[],
  sampling: Sampling,
  limitField: "max_tokens" | "max_completion_tokens",
  tools: readonly ToolSpec[] = [],
): CompletionRequest {
  const { temperature, maxTokens, topP, topK, minP, seed, stop } = sampling;
  return {
    model,
    messages: toMessages(messages),
    ...(tools.length === 0 ? {} : { tools: toTools(tools) }),
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    [limitField]: maxTokens,
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(minP === undefined ? {} : { min_p: minP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  };
}
