/** Every setting of a campaign of `train`, with unit, range and default. Recorded whole with the campaign. */
import * as v from "valibot";
import { GateSettings } from "../campaign/gate/settings.ts";
import { CampaignBudget, PlaySettings } from "../campaign/settings.ts";
import { Prices } from "../core/budget.ts";
import { Recipe } from "../core/trainer.ts";
import { DatasetSettings } from "./dataset/settings.ts";
import { DecisionSettings } from "./decider/settings.ts";
import { OutcomeSettings } from "./selection/outcome/settings.ts";
import { SelectionSettings } from "./selection/settings.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Playing the episodes that data is made of. */
export const CollectionSettings = v.strictObject({
  /** Train seeds of one round; each is played on each task (paper: 100 episodes). Later rounds take the seeds after them. */
  seeds: v.optional(Positive, 100),
  /** Times each is played, with other sampling seeds. Default once. */
  samples: v.optional(v.pipe(Positive, v.maxValue(100)), 1),
  /** In place of the campaign's own: more temperature finds more ways. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5))),
});
export type CollectionSettings = v.InferOutput<typeof CollectionSettings>;

/** What a decider starts from, and what it stays with where it does not choose. */
export const DataSettings = v.strictObject({
  dataset: v.optional(DatasetSettings, {}),
  outcome: v.optional(OutcomeSettings, {}),
});
export type DataSettings = v.InferOutput<typeof DataSettings>;

/** Values that the deciders `grid` and `halving` try, by name of the recipe's field. */
export const GridAxes = v.strictObject({
  rank: v.optional(v.array(Recipe.entries.rank.wrapped)),
  alpha: v.optional(v.array(Recipe.entries.alpha.wrapped)),
  dropout: v.optional(v.array(Recipe.entries.dropout.wrapped)),
  learningRate: v.optional(v.array(Recipe.entries.learningRate.wrapped)),
  epochs: v.optional(v.array(Recipe.entries.epochs.wrapped)),
  targets: v.optional(v.array(Recipe.entries.targets.wrapped)),
  seed: v.optional(v.array(Recipe.entries.seed.wrapped)),
});
export type GridAxes = v.InferOutput<typeof GridAxes>;

export const TrainSettings = v.strictObject({
  /** `specialist`: the adapter to start from; data is collected with it, and it is the first to be beaten. */
  play: PlaySettings,
  /** The accepted scaffold: name, folder, ref or hash. */
  scaffold: v.optional(v.string(), "base"),
  /** Weights to train on: a folder of safetensors or a GGUF file. Absent: those of the model, where they are on this machine. */
  base: v.optional(v.string()),
  collection: v.optional(CollectionSettings, {}),
  /** `outcome`, `agent:PROVIDER:MODEL`, `claude-code`, `command:...`. */
  selector: v.optional(v.pipe(v.string(), v.minLength(1)), "outcome"),
  /** Of a selector that is a model or a program. */
  selection: v.optional(SelectionSettings),
  data: v.optional(DataSettings, {}),
  recipe: v.optional(Recipe, {}),
  /** `grid`, `halving`, `agent:PROVIDER:MODEL`. */
  decider: v.optional(v.pipe(v.string(), v.minLength(1)), "grid"),
  grid: v.optional(GridAxes, {}),
  /** Of a decider that is a model. */
  decision: v.optional(DecisionSettings),
  /** A trainer plugin. */
  trainer: v.optional(v.pipe(v.string(), v.minLength(1)), "trl"),
  /** Of one training at most. */
  trainingSeconds: v.optional(Positive, 86_400),
  /** Prompts on which the served adapter's replies are compared with the trainer's own, after each training. 0: none. */
  parityPrompts: v.optional(v.pipe(Count, v.maxValue(1000)), 20),
  /** Collections: the second one is played with the specialist that the first round came to. */
  rounds: v.optional(Positive, 1),
  /** Trials of each round at most. */
  trials: v.optional(Positive, 3),
  /** Trials in a row without an adapter that looks better on the select seeds, after which it is futile to go on. 0: never. */
  patience: v.optional(Count, 3),
  /** Select seeds an adapter is first tried on. */
  selectSeeds: v.optional(Positive, 20),
  gate: v.optional(GateSettings, { kind: "confirm" }),
  /** Times failed episodes are played again before they count as missing. */
  retries: v.optional(Count, 2),
  /** When the report seeds are opened at the end: if something was accepted, always, or never. */
  report: v.optional(v.picklist(["accepted", "always", "never"]), "accepted"),
  budget: v.optional(CampaignBudget, {}),
  /** Prices of selector and decider, for a budget of money. */
  reviewerPrices: v.optional(Prices),
});
export type TrainSettings = v.InferOutput<typeof TrainSettings>;
