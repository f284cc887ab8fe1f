/** Replies and token counts in inspect_ai's terms (`src/inspect_ai/model/_model_output.py`). Pure. */
import type { CallEntry } from "../../../core/journal.ts";
import type { JsonObject } from "../../../core/json.ts";

export interface TokenCounts {
  promptTokens?: number | undefined;
  cachedTokens?: number | undefined;
  generatedTokens?: number | undefined;
}

/** A reply; `seconds` if they are known. */
export function modelOutput(model: string, call: CallEntry, seconds: number | undefined): JsonObject {
  const usage = modelUsage(call.usage);
  return {
    model,
    choices: [
      {
        message: { role: "assistant", content: call.reply, source: "generate", model },
        stop_reason: call.finishReason === "length" ? "max_tokens" : "stop",
      },
    ],
    completion: call.reply,
    ...(usage && { usage }),
    ...(seconds !== undefined && { time: seconds }),
  };
}

/** inspect_ai has no word for unknown: its input excludes cached tokens, and a count the server did not say is 0. `undefined` if none is known. */
export function modelUsage({ promptTokens, cachedTokens, generatedTokens }: TokenCounts): JsonObject | undefined {
  if (promptTokens === undefined && generatedTokens === undefined) return undefined;
  return {
    input_tokens: Math.max(0, (promptTokens ?? 0) - (cachedTokens ?? 0)),
    output_tokens: generatedTokens ?? 0,
    total_tokens: (promptTokens ?? 0) + (generatedTokens ?? 0),
    ...(cachedTokens !== undefined && { input_tokens_cache_read: cachedTokens }),
  };
}
