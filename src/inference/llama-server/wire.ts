/** The fields of llama-server's own endpoints that are used. Source: ggml-org/llama.cpp, `tools/server/README.md` and `server-task.cpp`. */
import * as v from "valibot";

const Count = v.nullish(v.number());

export const Props = v.object({
  default_generation_settings: v.object({
    /** Tokens of one slot. */
    n_ctx: v.number(),
  }),
  total_slots: v.pipe(v.number(), v.integer(), v.minValue(1)),
  model_alias: v.nullish(v.string()),
  model_path: v.nullish(v.string()),
  build_info: v.nullish(v.string()),
});
export type Props = v.InferOutput<typeof Props>;

export const AppliedTemplate = v.object({ prompt: v.string() });

export const Tokenized = v.object({ tokens: v.array(v.number()) });

export const LoraAdapters = v.array(v.object({ id: v.number(), path: v.string(), scale: v.nullish(v.number()) }));
export type LoraAdapters = v.InferOutput<typeof LoraAdapters>;

export const LoraSet = v.unknown();

/** One event of a reply; the last one has `stop: true` and all the figures. */
export const CompletionEvent = v.object({
  content: v.nullish(v.string()),
  stop: v.nullish(v.boolean()),
  stop_type: v.nullish(v.string()),
  truncated: v.nullish(v.boolean()),
  tokens_evaluated: Count,
  tokens_predicted: Count,
  timings: v.nullish(
    v.object({
      /** Tokens of the prompt taken from the slot's cache. */
      cache_n: Count,
    }),
  ),
});
export type CompletionEvent = v.InferOutput<typeof CompletionEvent>;

/** What `n_probs` adds, before sampling: the likeliest tokens for each one generated. */
const Likely = v.array(v.object({ id: v.number(), logprob: v.nullish(v.number()) }));
export const Probabilities = v.object({
  completion_probabilities: v.pipe(v.array(v.object({ top_logprobs: Likely })), v.minLength(1)),
});
