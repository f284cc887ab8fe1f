/** The points that `grid` and `halving` try: recipes, the one of the settings first, each once. Pure. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { Recipe } from "../../core/trainer.ts";
import type { GridAxes } from "../settings.ts";
import { recipeKey } from "./ledger.ts";

type Axis = [field: keyof GridAxes, values: (number | string)[]];

/** More could not be tried, and a slip in the axes is likelier. */
const MOST_POINTS = 1000;

/** Where no axes are given: points near the recipe, the likeliest to help first. One that lies outside a field's range is left out. */
export type Neighbours = (recipe: Recipe) => Recipe[];

/**
 * The recipe, then the product of the axes (the last axis runs fastest), or where there are none its neighbours. With an axis of rank and none of
 * alpha, alpha / rank stays as it is; an axis of epochs takes the place of `maxSteps`. Throws `ConfigError` `bad-setting` for an axis without
 * values and for more than 1,000 points.
 */
export function pointsOf(recipe: Recipe, axes: GridAxes, neighbours: Neighbours): Recipe[] {
  const given = Object.entries(axes).flatMap(([field, values]): Axis[] =>
    values === undefined ? [] : [[field as keyof GridAxes, values]],
  );
  const empty = given.find(([, values]) => values.length === 0);
  if (empty !== undefined) throw badAxes(`The axis ${empty[0]} of the grid has no values: give one, or leave it out.`);
  const count = given.reduce((product, [, values]) => product * values.length, 1);
  if (count > MOST_POINTS)
    throw badAxes(`The grid has ${count} points; ${MOST_POINTS} is the most. Give fewer values.`);
  return distinct([recipe, ...(given.length === 0 ? neighbours(recipe) : product(recipe, given))]);
}

/** The recipe with rank times a factor, its alpha in proportion. */
export function withRank(recipe: Recipe, rank: number): Recipe {
  return { ...recipe, rank, alpha: (recipe.alpha / recipe.rank) * rank };
}

/** Two digits, so that a third of 0.001 is 0.00033. */
export function roundedRate(learningRate: number): number {
  return Number(learningRate.toPrecision(2));
}

function product(recipe: Recipe, axes: readonly Axis[]): Recipe[] {
  const ratioKept = !axes.some(([field]) => field === "alpha");
  let points: Recipe[] = [recipe];
  for (const [field, values] of axes) {
    points = points.flatMap((point) =>
      values.map((value) => {
        if (field === "rank" && ratioKept) return withRank(point, value as number);
        const steps = field === "epochs" ? { maxSteps: null } : {};
        return { ...point, ...steps, [field]: value };
      }),
    );
  }
  return points;
}

function distinct(points: readonly Recipe[]): Recipe[] {
  const seen = new Set<string>();
  return points.filter((point) => {
    const key = recipeKey(point);
    if (seen.has(key) || !v.is(Recipe, point)) return false;
    seen.add(key);
    return true;
  });
}

function badAxes(message: string): ConfigError {
  return new ConfigError(message, { code: "bad-setting" });
}
