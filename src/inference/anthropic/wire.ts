/** The fields of the Messages API's streamed answers that are used. Source: Anthropic's API documentation, version 2026-10-21. */
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

/** Events of one reply: `message_start`, blocks with deltas, `message_delta` with the stop reason, `message_stop`. */
export const MessageEvent = v.object({
  type: v.string(),
  message: v.nullish(v.object({ usage: v.nullish(MessageUsage) })),
  /** Place of the block that begins, or that the delta belongs to. */
  index: Count,
  content_block: v.nullish(
    v.object({
      type: v.string(),
      id: v.nullish(v.string()),
      name: v.nullish(v.string()),
      /** Of a redacted thought. */
      data: v.nullish(v.string()),
    }),
  ),
  delta: v.nullish(
    v.object({
      type: v.nullish(v.string()),
      text: v.nullish(v.string()),
      /** Of a tool call's arguments. */
      partial_json: v.nullish(v.string()),
      thinking: v.nullish(v.string()),
      signature: v.nullish(v.string()),
      stop_reason: v.nullish(v.string()),
    }),
  ),
  usage: v.nullish(MessageUsage),
});
export type MessageEvent = v.InferOutput<typeof MessageEvent>;

const Supported = v.nullish(v.object({ supported: v.nullish(v.boolean()) }));

export const ModelFacts = v.object({
  id: v.string(),
  max_input_tokens: Count,
  capabilities: v.nullish(
    v.object({
      structured_outputs: Supported,
      thinking: v.nullish(v.object({ types: v.nullish(v.object({ disabled: Supported })) })),
    }),
  ),
});
export type ModelFacts = v.InferOutput<typeof ModelFacts>;

export const TokenCount = v.object({ input_tokens: v.number() });
