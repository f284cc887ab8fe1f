/** Ollama's counters as usage. Pure. */
import type { Usage } from "../../core/chat-model.ts";
import type { ChatChunk } from "./wire.ts";

/** Ollama counts cached prompt tokens in and does not say how many they were. */
export function toUsage({ prompt_eval_count, eval_count }: ChatChunk): Usage {
  return { promptTokens: prompt_eval_count ?? undefined, generatedTokens: eval_count ?? undefined };
}
