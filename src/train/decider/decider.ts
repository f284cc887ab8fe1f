/**
 * The contract of a decider: it reads the ledger and says what to try next, data and recipe together (arXiv 2607.01224, loop 2). It keeps no
 * state: what it knows stands in the frame, so that a campaign that was killed goes on with the same decisions.
 */
import * as v from "valibot";
import { Hash } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import { Recipe } from "../../core/trainer.ts";
import type { KindCounts } from "../../core/training.ts";
import type { DeciderIdentity, TrialRecord } from "../../core/trial.ts";
import { DatasetSettings } from "../dataset/settings.ts";
import { OutcomeSettings } from "../selection/outcome/settings.ts";

/** Data to train on: a dataset of an earlier trial, or a new one out of the collected episodes. */
export const DataPlan = v.variant("kind", [
  v.strictObject({ kind: v.literal("reuse"), dataset: Hash }),
  v.strictObject({
    kind: v.literal("build"),
    dataset: DatasetSettings,
    /** Of the selector `outcome`; others do not read it. */
    outcome: OutcomeSettings,
    /** For a selector that is a model: what to look for, beside what it says itself. */
    criteria: v.optional(v.pipe(v.string(), v.maxLength(8_000))),
    /** Episodes of this round alone, or those of earlier rounds too. */
    episodes: v.picklist(["round", "all"]),
  }),
]);
export type DataPlan = v.InferOutput<typeof DataPlan>;

/** What one trial does: one dataset, and one or two configurations trained on it. */
export const TrialPlan = v.strictObject({
  data: DataPlan,
  recipes: v.pipe(v.array(Recipe), v.minLength(1), v.maxLength(2)),
});
export type TrialPlan = v.InferOutput<typeof TrialPlan>;

export const Decision = v.variant("kind", [
  v.strictObject({
    kind: v.literal("plan"),
    plan: TrialPlan,
    reason: v.pipe(v.string(), v.minLength(1), v.maxLength(20_000)),
  }),
  /** Nothing further is worth trying in this round. */
  v.strictObject({ kind: v.literal("done"), reason: v.pipe(v.string(), v.minLength(1), v.maxLength(20_000)) }),
]);
export type Decision = v.InferOutput<typeof Decision>;

/** A dataset that can be used again. */
export interface DatasetSummary {
  hash: Hash;
  round: number;
  candidates: KindCounts;
  chosen: KindCounts;
  /** Items by kind in the training split. */
  items: KindCounts;
  lines: number;
  setAside: number;
}

export interface DecisionFrame {
  game: string;
  /** From 1. */
  round: number;
  /** Of this round, from 1; `trialsLeft` counts this one. */
  trial: number;
  trialsLeft: number;
  /** Every trial so far, oldest first; scores of select seeds only, never of confirm seeds. */
  ledger: readonly LedgerRow[];
  datasets: readonly DatasetSummary[];
  /** Collected in this round, and before. */
  episodes: { round: number; all: number; meanProgress: number | undefined };
  /** Mean progression on the select seeds of what has to be beaten. */
  incumbentSelectMean: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A trial as a decider may see it: `why` says nothing of confirm scores. */
export type LedgerRow = Pick<
  TrialRecord,
  "key" | "round" | "plan" | "dataset" | "configurations" | "best" | "outcome" | "failure"
> & {
  why: string;
};

/** Tokens and calls of a decision by a model. */
export interface DecisionSpending {
  tokens: number;
  money: number;
}

/** What a decider came to. */
export interface Decided {
  decision: Decision;
  spent: DecisionSpending;
  /** What a model was shown, said and was told, for people; absent for one that asks nobody. */
  transcript?: Json[];
}

export interface Decider {
  readonly identity: DeciderIdentity;
  /** Throws `ProviderError`, `ConfigError`; a model whose answers cannot be used after its mends throws `TrainerError` `bad-decision`. */
  decide(frame: DecisionFrame): Promise<Decided>;
  close(): Promise<void>;
}
