/** Settings of an agent with tools: of the reviewer `agent`, and of others that work in the same loop. */
import * as v from "valibot";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const AgentSettings = v.strictObject({
  /** Default 0.7; 1 where the server samples as it does. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5))),
  /** Of the sampling, where the server honours one. Absent: the server's own. */
  seed: v.optional(Count),
  /** Tokens of one reply at most; a file is written in one reply. Default 8,192, and at most a quarter of the model's context. */
  maxTokens: v.optional(v.pipe(Count, v.minValue(64))),
  /** Seconds of one call. Default 600. */
  callSeconds: v.optional(v.pipe(v.number(), v.gtValue(0))),
  /** Replies without a tool call that are answered with a reminder, one after the other. Default 3. */
  reminders: v.optional(Count),
});
export type AgentSettings = v.InferOutput<typeof AgentSettings>;

/** With every default filled in. */
export interface FullAgentSettings {
  temperature: number;
  seed?: number;
  maxTokens: number;
  callSeconds: number;
  reminders: number;
}

/** `contextTokens`: of the model, where it is known. */
export function fillSettings(
  given: AgentSettings,
  model: { contextTokens?: number | undefined; fixedSampling?: boolean | undefined },
): FullAgentSettings {
  const { contextTokens = Number.POSITIVE_INFINITY, fixedSampling } = model;
  return {
    temperature: given.temperature ?? (fixedSampling === true ? 1 : 0.7),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    // At least three quarters of a small context are for reading.
    maxTokens: given.maxTokens ?? Math.min(8192, Math.floor(contextTokens / 4)),
    callSeconds: given.callSeconds ?? 600,
    reminders: given.reminders ?? 3,
  };
}
