/**
 * The tools of a decision by a model: `plan` and `done`. Their ranges are those of the recipe, the dataset and the selector themselves; providers tell the
 * model, and hold its calls to them.
 */
import * as v from "valibot";
import type { ToolSpec } from "../../../core/tool-calls.ts";
import { Recipe } from "../../../core/trainer.ts";
import { DatasetSettings } from "../../dataset/settings.ts";
import { recipeWords } from "../../recipe-words.ts";
import { OutcomeSettings } from "../../selection/outcome/settings.ts";

/** What stays as the settings have it: it belongs to the machine, not to what is learnt. */
const ofTheMachine = ["devices", "precision", "saveSteps"] as const;
export const chosenFields = (Object.keys(Recipe.entries) as (keyof Recipe)[]).filter(
  (field) => !(ofTheMachine as readonly string[]).includes(field),
);

const recipe = Recipe.entries;
const Reason = (what: string) => v.pipe(v.string(), v.minLength(1), v.maxLength(4000), v.description(what));

/** Fields that are left out are those of the start recipe. */
export const RecipeChoice = v.strictObject({
  rank: optional(recipe.rank, recipeWords.rank),
  alpha: optional(recipe.alpha, recipeWords.alpha),
  dropout: optional(recipe.dropout, recipeWords.dropout),
  learningRate: optional(recipe.learningRate, recipeWords.learningRate),
  epochs: optional(recipe.epochs, recipeWords.epochs),
  maxSteps: optional(recipe.maxSteps, recipeWords.maxSteps),
  batchSize: optional(recipe.batchSize, recipeWords.batchSize),
  gradientAccumulation: optional(recipe.gradientAccumulation, recipeWords.gradientAccumulation),
  cutoffTokens: optional(recipe.cutoffTokens, recipeWords.cutoffTokens),
  schedule: optional(recipe.schedule, recipeWords.schedule),
  warmupShare: optional(recipe.warmupShare, recipeWords.warmupShare),
  weightDecay: optional(recipe.weightDecay, recipeWords.weightDecay),
  maxGradientNorm: optional(recipe.maxGradientNorm, recipeWords.maxGradientNorm),
  targets: optional(recipe.targets, recipeWords.targets),
  gradientCheckpointing: optional(recipe.gradientCheckpointing, recipeWords.gradientCheckpointing),
  seed: optional(recipe.seed, recipeWords.seed),
});
export type RecipeChoice = v.InferOutput<typeof RecipeChoice>;

const dataset = DatasetSettings.entries;
const outcome = OutcomeSettings.entries;

/** A new dataset. What is left out is as in the start. */
const BuildChoice = v.strictObject({
  episodes: v.pipe(v.picklist(["round", "all"]), v.description("those of this round, or of all rounds so far")),
  criteria: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(8000),
      v.description("for a selector that is a model: what to look for"),
    ),
  ),
  dataset: v.optional(
    v.strictObject({
      perEpisode: v.optional(
        v.pipe(v.partial(bare(dataset.perEpisode.wrapped)), v.description("items of a kind from one episode at most")),
      ),
      balance: optional(dataset.balance, "items of a kind at most, for each item of the rarest kind"),
      repeat: v.optional(
        v.pipe(
          v.partial(bare(dataset.repeat.wrapped)),
          v.description("how often an item of a kind stands in the training data"),
        ),
      ),
      validationShare: optional(dataset.validationShare, "share of the games kept for validation"),
      seed: optional(dataset.seed, "which of equally valuable items stay"),
    }),
  ),
  outcome: v.optional(
    v.strictObject({
      withinSteps: optional(outcome.withinSteps, "steps from a look-up to the gain it counts for, at most"),
      lookupFit: optional(outcome.lookupFit, "named: what was found must name the action that gained"),
      usefulShare: optional(outcome.usefulShare, "of the lines a turn wrote, the share that must have led to a gain"),
      groundedShare: optional(
        outcome.groundedShare,
        "of the words a turn wrote or looked for, the share it must have seen",
      ),
      redundantLines: optional(outcome.redundantLines, "lines at most that stood in memory already"),
      faults: optional(outcome.faults, "clean: a turn with a bad operation may stay without it; none: it may not"),
      quietProgress: optional(outcome.quietProgress, "final progress of an episode whose quiet turns are kept"),
      kinds: optional(outcome.kinds, "kinds of turns chosen among"),
    }),
  ),
});
export type BuildChoice = v.InferOutput<typeof BuildChoice>;

/** One of `reuse` and `build`. */
export const PlanCall = v.strictObject({
  reuse: v.optional(
    v.pipe(v.string(), v.minLength(4), v.maxLength(64), v.description("a dataset of the table, by its name there")),
  ),
  build: v.optional(BuildChoice),
  recipes: v.pipe(v.array(RecipeChoice), v.minLength(1), v.maxLength(2), v.description("one or two configurations")),
  reason: Reason("why this, from the ledger; a few sentences"),
});
export type PlanCall = v.InferOutput<typeof PlanCall>;

export const DoneCall = v.strictObject({ reason: Reason("why nothing further is worth a trial in this round") });

export const decisionTools: readonly ToolSpec[] = [
  {
    name: "plan",
    description:
      "Decides the next trial: its data (reuse a dataset, or build one) and one or two recipes, which are trained on the same data. Say only what is to differ from the start.",
    parameters: PlanCall,
  },
  { name: "done", description: "Ends the round: nothing further is worth a trial.", parameters: DoneCall },
];

/** The field without its default, so that what is left out is seen to be, with a word for the model. */
function optional<Item extends v.GenericSchema>({ wrapped }: { wrapped: Item }, what: string) {
  return v.optional(v.pipe(wrapped, v.description(what)));
}

/** An object's fields without their defaults. */
function bare<Fields extends Record<string, { wrapped: v.GenericSchema<number> }>>({ entries }: { entries: Fields }) {
  const fields = Object.entries(entries).map(([name, field]) => [name, field.wrapped]);
  return v.strictObject(Object.fromEntries(fields) as { [Name in keyof Fields]: v.GenericSchema<number> });
}
