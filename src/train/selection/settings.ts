/** Settings of a selection by a model or an outside program. The same kinds of limits as those of a review (src/evolve/settings.ts). */
import * as v from "valibot";
import { AgentSettings } from "../../campaign/agent/settings.ts";
import { CommandSettings } from "../../campaign/program/settings.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A question is one for the criteria, or for the choice out of one batch. */
export const SelectionSettings = v.strictObject({
  /** Turns in a batch at most. Default 40 for a model, 200 for a program. A batch never spans two episodes. */
  batchTurns: v.optional(v.pipe(Positive, v.maxValue(1_000))),
  /** Model calls of one question. */
  turns: v.optional(Positive, 30),
  /** Seconds of one question, mends included. */
  seconds: v.optional(Positive, 1_800),
  /** Tokens of one question. Absent: no limit. */
  tokens: v.optional(Positive),
  /** Tokens of all questions together, as long as the selector is open. Absent: no limit. */
  totalTokens: v.optional(Positive),
  /** Tokens of a question's conversation, where a model selects. */
  contextTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(4096)), 32_768),
  /** Times an answer that cannot be used is sent back. */
  mends: v.optional(v.pipe(Count, v.maxValue(20)), 3),
  /** Of the selector `agent`. */
  agent: v.optional(AgentSettings),
  /** Of the selectors `command` and `claude-code`. */
  command: v.optional(CommandSettings),
});
export type SelectionSettings = v.InferOutput<typeof SelectionSettings>;
