/** llama-server's counters as usage. Pure. */
import type { Usage } from "../../core/chat-model.ts";
import type { CompletionEvent } from "./wire.ts";

/** `tokens_cached` of the answer is the slot's fill after the reply; what was reused of the prompt is `timings.cache_n`. */
export function toUsage({ tokens_evaluated, tokens_predicted, timings }: CompletionEvent): Usage {
  return {
    promptTokens: tokens_evaluated ?? undefined,
    cachedTokens: timings?.cache_n ?? undefined,
    generatedTokens: tokens_predicted ?? undefined,
  };
}
