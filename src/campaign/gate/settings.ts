/** Settings of the gates. The defaults were chosen by simulation: docs/gate.md. */
import * as v from "valibot";

const share = (low: number, high: number) => v.pipe(v.number(), v.minValue(low), v.maxValue(high));
const count = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));

/** `paper`: strictly higher mean on the select seeds, as arXiv 2607.01224. It bounds no error; kept for comparison. */
export const PaperGateSettings = v.strictObject({ kind: v.literal("paper") });
export type PaperGateSettings = v.InferOutput<typeof PaperGateSettings>;

/** `confirm`: screen on the select seeds, then a sequential paired test on the confirm seeds. */
export const ConfirmGateSettings = v.strictObject({
  kind: v.literal("confirm"),
  /** Chance of any false accept in the whole campaign, in [0.0001, 0.5]. */
  alpha: v.optional(share(0.0001, 0.5), 0.05),
  /** Confirm tests the budget is shared among, those that accept not counted: revisions x attempts x (1 + continuations). */
  looks: v.optional(count(1, 10_000), 30),
  /** How much the early tests get: shares are as look^-this; 0 is equal. */
  lookExponent: v.optional(share(0, 3), 0.75),
  /** Most pairs of one test; not more than there are confirm seeds. */
  maximumPairs: v.optional(count(2, 100_000), 60),
  /** Pairs before the first stage, and from stage to stage. */
  firstPairs: v.optional(count(2, 100_000), 8),
  stagePairs: v.optional(count(1, 100_000), 4),
  /** How late in a test its error is spent: as (pairs / maximumPairs)^this. */
  stageExponent: v.optional(share(0.25, 6), 3),
  /** A test ends once the predicted chance to accept at its last pair is below this. 0: never. */
  futility: v.optional(share(0, 0.9), 0.1),
  /** Missing episodes stop the gate when their rates in the two arms differ at this level (two-sided exact test). 0: never. */
  missingLevel: v.optional(share(0, 1), 0.1),
});
export type ConfirmGateSettings = v.InferOutput<typeof ConfirmGateSettings>;

export const GateSettings = v.variant("kind", [PaperGateSettings, ConfirmGateSettings]);
export type GateSettings = v.InferOutput<typeof GateSettings>;
/** As a person writes them: only `kind` is needed. */
export type GateSettingsInput = v.InferInput<typeof GateSettings>;
