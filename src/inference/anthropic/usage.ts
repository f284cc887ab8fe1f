/** The Messages API's counters as usage. Pure. */
import type { Usage } from "../../core/chat-model.ts";
import type { MessageUsage } from "./wire.ts";

/** Later figures win: `message_delta` repeats those of `message_start`, with the final ones. */
export function mergeUsage(earlier: MessageUsage | undefined, later: MessageUsage | null | undefined): MessageUsage {
  const merged = { ...earlier } as MessageUsage;
  for (const [key, value] of Object.entries(later ?? {})) {
    if (value != null) merged[key as keyof MessageUsage] = value;
  }
  return merged;
}

/** The prompt is what was read anew, written to the cache and read from it, together. */
export function toUsage(usage: MessageUsage | undefined): Usage {
  const parts = [usage?.input_tokens, usage?.cache_creation_input_tokens, usage?.cache_read_input_tokens];
  return {
    promptTokens: usage?.input_tokens == null ? undefined : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0),
    cachedTokens: usage?.cache_read_input_tokens ?? undefined,
    generatedTokens: usage?.output_tokens ?? undefined,
  };
}
