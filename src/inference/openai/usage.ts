/** The usage of an OpenAI-compatible server. Pure. */
import type { Usage } from "../../core/chat-model.ts";
import type { CompletionUsage } from "./wire.ts";

/** All unknown where the server sends none. Cached tokens are part of the prompt's. */
export function toUsage(usage: CompletionUsage | null | undefined): Usage {
  return {
    promptTokens: usage?.prompt_tokens ?? undefined,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? undefined,
    generatedTokens: usage?.completion_tokens ?? undefined,
  };
}
