/** The fields of the Messages API's streamed answers that are used. Source: Anthropic's API documentation, "Streaming Messages". */
import * as v from "valibot";

const Count = v.nullish(v.number());

export const MessageUsage = v.object({
  /** Tokens of the prompt that were neither read from the cache nor written to it. */
  input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_read_input_tokens: Count,
  output_tokens: Count,
});
export type MessageUsage = v.InferOutput<typeof MessageUsage>;

/** Events of one reply: `message_start`, deltas of its text, `message_delta` with the stop reason, `message_stop`. */
export const MessageEvent = v.object({
  type: v.string(),
  message: v.nullish(v.object({ usage: v.nullish(MessageUsage) })),
  delta: v.nullish(
    v.object({ type: v.nullish(v.string()), text: v.nullish(v.string()), stop_reason: v.nullish(v.string()) }),
  ),
  usage: v.nullish(MessageUsage),
});
export type MessageEvent = v.InferOutput<typeof MessageEvent>;

export const ModelFacts = v.object({ id: v.string(), max_input_tokens: Count, max_tokens: Count });

export const TokenCount = v.object({ input_tokens: v.number() });
