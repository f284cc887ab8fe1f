/**
 * What loop 2 (`train`) sets out to do, tries and comes to, as immutable records. They hold no times: equal play, choices and training give
 * equal records. A row of the ledger is a `TrialRecord`.
 */
import * as v from "valibot";
import { AdapterBase } from "./adapter.ts";
import { ModelIdentity } from "./chat-model.ts";
import { GameIdentity, Seed } from "./game.ts";
import { Hash } from "./hash.ts";
import { Json, JsonObject } from "./json.ts";
import { Recipe } from "./trainer.ts";
import { SelectorIdentity } from "./training.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Finite = v.pipe(v.number(), v.finite());

/** Who decides on data and recipe: as named by the user, with what decides its answers. */
export const DeciderIdentity = v.strictObject({ name: v.string(), details: JsonObject });
export type DeciderIdentity = v.InferOutput<typeof DeciderIdentity>;

/** What trains: plugin, version and its packages. */
export const TrainerIdentity = v.strictObject({
  name: v.string(),
  version: v.string(),
  packages: v.record(v.string(), v.string()),
});
export type TrainerIdentity = v.InferOutput<typeof TrainerIdentity>;

/** What a campaign of `train` set out to do. Written before its first episode. */
export const TrainCampaignRecord = v.strictObject({
  schema: v.literal("automem.train-campaign/1"),
  loop: v.literal("train"),
  /** The loop's own schema reads them (src/train/settings.ts). */
  settings: JsonObject,
  game: GameIdentity,
  /** The base: plays, and carries the adapters. */
  model: ModelIdentity,
  /** Adapter of the specialist it began with; absent: the base keeps memory itself. */
  specialist: v.optional(Hash),
  /** The weights that are trained on. */
  base: AdapterBase,
  scaffold: Hash,
  selector: SelectorIdentity,
  decider: DeciderIdentity,
  trainer: TrainerIdentity,
  tasks: v.array(v.string()),
  seeds: v.strictObject({ train: v.array(Seed), select: v.array(Seed), confirm: v.array(Seed), report: v.array(Seed) }),
  automemVersion: v.string(),
});
export type TrainCampaignRecord = v.InferOutput<typeof TrainCampaignRecord>;

/** A training as it can be done again: everything that decides the weights. */
export const RecipeRecord = v.strictObject({
  schema: v.literal("automem.recipe/1"),
  recipe: Recipe,
  dataset: Hash,
  base: AdapterBase,
  trainer: TrainerIdentity,
});
export type RecipeRecord = v.InferOutput<typeof RecipeRecord>;

/** What a training came to. */
export const TrainingRecord = v.strictObject({
  schema: v.literal("automem.training/1"),
  /** Records: the recipe's, the adapter's. */
  recipe: Hash,
  adapter: Hash,
  steps: Count,
  examples: Count,
  /** Numbers (from 1) of the lines left out because they were too long. */
  tooLong: v.array(Count),
  tokens: Count,
  learntTokens: Count,
  /** Blob: JSON array, the loss of each step in order. */
  losses: Hash,
  finalLoss: v.optional(Finite),
  /** SHA-256 of the base's weights as trained on, and of the GGUF they were made from. */
  baseSha256: Hash,
  baseGgufSha256: v.nullable(Hash),
  seed: Count,
  device: v.string(),
  packages: v.record(v.string(), v.string()),
});
export type TrainingRecord = v.InferOutput<typeof TrainingRecord>;

/** Why something did not come about: a stage, a code and a sentence. */
export const TrialFailure = v.strictObject({
  stage: v.picklist(["collection", "selection", "training", "serving", "evaluation"]),
  code: v.string(),
  reason: v.string(),
});
export type TrialFailure = v.InferOutput<typeof TrialFailure>;

/** One LoRA configuration of a trial. */
export const TriedConfiguration = v.strictObject({
  recipe: Recipe,
  /** Absent where it failed. */
  training: v.optional(Hash),
  /** The adapter's record and its name. */
  adapter: v.optional(Hash),
  adapterName: v.optional(Hash),
  /** Prompts on which the served adapter said word for word what the trainer says with it; absent where that was not compared. */
  parity: v.optional(v.strictObject({ equal: Count, of: Count })),
  /** Evaluation on the select seeds, and its mean progression. */
  select: v.optional(Hash),
  selectMean: v.optional(Share),
  failure: v.optional(TrialFailure),
});
export type TriedConfiguration = v.InferOutput<typeof TriedConfiguration>;

/** A test on the confirm seeds. */
export const TrialTest = v.strictObject({
  /** What it was tested against: `base` or the incumbent specialist. */
  against: v.picklist(["base", "incumbent"]),
  candidate: Hash,
  opponent: Hash,
  /** The gate's own figures. */
  gate: Json,
});
export type TrialTest = v.InferOutput<typeof TrialTest>;

export const trialOutcomes = ["accepted", "rejected-on-select", "rejected-on-confirm", "stopped", "failed"] as const;

/** A row of the ledger: data, configurations, and what became of them. */
export const TrialRecord = v.strictObject({
  schema: v.literal("automem.trial/1"),
  campaign: Hash,
  /** `t1`, `t2`, ... over the whole campaign. */
  key: v.pipe(v.string(), v.regex(/^t\d+$/)),
  /** From 1. */
  round: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** What the decider said: its plan as it was, and why (blob, Markdown). */
  plan: JsonObject,
  reason: Hash,
  /** Name of the incumbent's adapter; absent: the base alone. */
  incumbent: v.optional(Hash),
  /** Absent where no data came about. */
  dataset: v.optional(Hash),
  configurations: v.array(TriedConfiguration),
  /** Index of the configuration that was best on the select seeds. */
  best: v.optional(Count),
  outcome: v.picklist(trialOutcomes),
  /** One sentence. */
  why: v.string(),
  screen: v.optional(Json),
  tests: v.array(TrialTest),
  /** Where nothing could be trained. */
  failure: v.optional(TrialFailure),
});
export type TrialRecord = v.InferOutput<typeof TrialRecord>;

/** The end of a campaign of `train`. */
export const TrainEndRecord = v.strictObject({
  schema: v.literal("automem.train-end/1"),
  campaign: Hash,
  /** In order. */
  trials: v.array(Hash),
  /** The adapter's record and name; absent: none was accepted, and none was there before. */
  adapter: v.optional(Hash),
  adapterName: v.optional(Hash),
  reason: v.picklist(["all-trials-done", "decider-done", "futile"]),
  /** Opened once, after the last trial. Evaluations, and the comparison of both; without a specialist the base alone. */
  report: v.optional(v.strictObject({ base: Hash, specialist: v.optional(Hash), comparison: v.optional(Json) })),
});
export type TrainEndRecord = v.InferOutput<typeof TrainEndRecord>;
