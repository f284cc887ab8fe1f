/**
 * The fields of an OpenAI-compatible server's answers that are used. Servers differ, so null is accepted everywhere.
 * `max_model_len` is vLLM's, `meta.n_ctx_train` and `/props` are llama-server's, `/api/version` is Ollama's.
 */
import * as v from "valibot";

const Count = v.nullish(v.number());

export const CompletionUsage = v.object({
  prompt_tokens: Count,
  completion_tokens: Count,
  prompt_tokens_details: v.nullish(v.object({ cached_tokens: Count })),
});
export type CompletionUsage = v.InferOutput<typeof CompletionUsage>;

export const CallDelta = v.object({
  /** Place among the calls of the reply. */
  index: Count,
  id: v.nullish(v.string()),
  function: v.nullish(v.object({ name: v.nullish(v.string()), arguments: v.nullish(v.string()) })),
});
export type CallDelta = v.InferOutput<typeof CallDelta>;

export const CompletionChunk = v.object({
  choices: v.nullish(
    v.array(
      v.object({
        delta: v.nullish(
          v.object({
            content: v.nullish(v.string()),
            refusal: v.nullish(v.string()),
            tool_calls: v.nullish(v.array(CallDelta)),
          }),
        ),
        finish_reason: v.nullish(v.string()),
      }),
    ),
  ),
  usage: v.nullish(CompletionUsage),
});
export type CompletionChunk = v.InferOutput<typeof CompletionChunk>;

export const ModelList = v.object({
  data: v.array(v.object({ id: v.string(), owned_by: v.nullish(v.string()), max_model_len: Count })),
});
export type ModelList = v.InferOutput<typeof ModelList>;

export const LlamaServerProps = v.object({
  default_generation_settings: v.object({ n_ctx: v.number() }),
  build_info: v.nullish(v.string()),
});

export const OllamaVersion = v.object({ version: v.string() });

export const OllamaRunning = v.object({ models: v.array(v.object({ name: v.string(), context_length: Count })) });
