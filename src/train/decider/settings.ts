/** What a decision by a model may take. Deciders without a model read none of it. */
import * as v from "valibot";
import { AgentSettings } from "../../campaign/agent/settings.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));

export const DecisionSettings = v.strictObject({
  /** Times an answer that cannot be used is sent back with what is wrong. */
  mends: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), 3),
  /** Seconds of one decision, mends included. */
  seconds: v.optional(Positive, 1800),
  /** Tokens of one decision, read and written. Absent: no limit. */
  tokens: v.optional(Positive),
  /** Tokens of its conversation. */
  contextTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(4096)), 16_384),
  /** Sampling and calls; the seed is 0 where none is given. */
  agent: v.optional(AgentSettings, {}),
});
export type DecisionSettings = v.InferOutput<typeof DecisionSettings>;
