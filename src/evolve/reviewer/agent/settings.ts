/** Settings of the agent reviewer. */
import * as v from "valibot";

export const AgentSettings = v.strictObject({
  /** Default 0.7; 1 where the server samples as it does. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5)), 0.7),
  /** Tokens of one reply at most. A file is written in one reply. */
  maxTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(64)), 8192),
  /** Milliseconds of one call. */
  callTimeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 600_000),
  /** Replies without a tool call that are answered with a reminder, one after the other. */
  reminders: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 3),
});
export type AgentSettings = v.InferOutput<typeof AgentSettings>;
