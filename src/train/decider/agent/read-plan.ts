/** A call of `plan`, made whole from the start and held against what there is. Pure: what does not fit is a sentence for the model. */
import * as v from "valibot";
import { canonicalJson } from "../../../core/json.ts";
import { Recipe } from "../../../core/trainer.ts";
import type { TrainSettings } from "../../settings.ts";
import { DataPlan, type DatasetSummary, type DecisionFrame, type LedgerRow, type TrialPlan } from "../decider.ts";
import { recipeKey } from "../ledger.ts";
import { plainLine } from "./plain-line.ts";
import type { BuildChoice, PlanCall, RecipeChoice } from "./tools.ts";

/** What a plan starts from, and who chooses the turns. */
export type PlanStart = Pick<TrainSettings, "recipe" | "data" | "selector">;

export type ReadPlan = { kind: "plan"; plan: TrialPlan } | { kind: "problem"; problem: string };

/** Digits of a dataset's hash that name it in the table. */
export const DATASET_DIGITS = 12;

export function readPlan(call: PlanCall, frame: DecisionFrame, start: PlanStart): ReadPlan {
  const data = readData(call, frame, start);
  if (typeof data === "string") return { kind: "problem", problem: data };
  const recipes: Recipe[] = [];
  for (const [index, choice] of call.recipes.entries()) {
    const recipe = v.safeParse(Recipe, wholeRecipe(choice, start.recipe));
    if (!recipe.success) return { kind: "problem", problem: `recipes.${index}: ${issueOf(recipe.issues)}` };
    if (recipes.some((other) => recipeKey(other) === recipeKey(recipe.output))) {
      return { kind: "problem", problem: "recipes: both are the same. Give one, or two that differ." };
    }
    const before = triedBefore(data, recipe.output, frame, start);
    if (before !== undefined) return { kind: "problem", problem: `recipes.${index}: ${before}` };
    recipes.push(recipe.output);
  }
  return { kind: "plan", plan: { data, recipes } };
}

function readData({ reuse, build }: PlanCall, frame: DecisionFrame, start: PlanStart): DataPlan | string {
  if (reuse !== undefined && build !== undefined) return "reuse and build: give one of them, not both.";
  if (build !== undefined) return readBuild(build, start);
  if (reuse === undefined) return "reuse or build is missing: say what to train on.";
  const found = frame.datasets.filter(({ hash }) => hash.startsWith(reuse.toLowerCase()));
  if (found.length === 1) return { kind: "reuse", dataset: (found[0] as DatasetSummary).hash };
  const names = frame.datasets.map(({ hash }) => hash.slice(0, DATASET_DIGITS)).join(", ");
  const there = names === "" ? "There is none yet: use build." : `Datasets: ${names}.`;
  return `reuse: "${reuse}" names ${found.length === 0 ? "no dataset" : "more than one dataset"}. ${there}`;
}

function readBuild(
  { episodes, criteria, dataset, outcome }: BuildChoice,
  { data, selector }: PlanStart,
): DataPlan | string {
  const byOutcome = selector === "outcome";
  if (byOutcome && criteria !== undefined) {
    return 'build.criteria: the selector "outcome" reads none. Leave them out, and set build.outcome.';
  }
  if (!byOutcome && outcome !== undefined) {
    return `build.outcome: the selector "${selector}" does not read it. Leave it out, and write build.criteria.`;
  }
  const { perEpisode, repeat, ...others } = dataset ?? {};
  const plan = v.safeParse(DataPlan, {
    kind: "build",
    episodes,
    ...(criteria === undefined ? {} : { criteria }),
    dataset: {
      ...data.dataset,
      ...others,
      perEpisode: { ...data.dataset.perEpisode, ...perEpisode },
      repeat: { ...data.dataset.repeat, ...repeat },
    },
    outcome: { ...data.outcome, ...outcome },
  });
  return plan.success ? plan.output : `build.${issueOf(plan.issues)}`;
}

/** Epochs that are chosen take the place of the start's steps. */
function wholeRecipe(choice: RecipeChoice, start: Recipe): unknown {
  const byEpochs = choice.epochs !== undefined && choice.maxSteps === undefined ? { maxSteps: null } : {};
  return { ...start, ...byEpochs, ...choice };
}

/** The same recipe on the same data gives the same weights. A selector that is a model may choose other turns the next time it is asked. */
function triedBefore(
  data: DataPlan,
  recipe: Recipe,
  { ledger, round }: DecisionFrame,
  { selector }: PlanStart,
): string | undefined {
  const planned = canonicalJson(data);
  const samePlan = (row: LedgerRow): boolean =>
    selector === "outcome" && row.round === round && canonicalJson(row.plan.data ?? null) === planned;
  for (const row of ledger) {
    if (data.kind === "reuse" ? row.dataset !== data.dataset : !samePlan(row)) continue;
    if (row.dataset === undefined) {
      return `trial ${row.key} asked for this data, and none came about: ${plainLine(row.failure?.reason ?? row.why)} Change build.`;
    }
    const tried = row.configurations.find((each) => recipeKey(each.recipe) === recipeKey(recipe));
    if (tried === undefined) continue;
    const mean = tried.selectMean;
    const came = mean === undefined ? "it failed" : `its mean on the select seeds was ${mean.toFixed(3)}`;
    return `trial ${row.key} trained this recipe on this data, and ${came}. The same comes out again: change the recipe or the data.`;
  }
  return undefined;
}

function issueOf([issue]: [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  return `${v.getDotPath(issue) ?? "the whole"}: ${issue.message}`;
}
