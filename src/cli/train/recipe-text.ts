/** Recipes as people read them: in short, or by what differs from another. Pure. */
import type { Recipe } from "../../core/trainer.ts";

/** "rank 16, alpha 32, rate 0.001, 3 epochs, all layers, seed 0". */
export function recipeText({ rank, alpha, learningRate, epochs, maxSteps, targets, seed }: Recipe): string {
  const length = maxSteps === null ? `${epochs} epochs` : `${maxSteps} steps`;
  return `rank ${rank}, alpha ${alpha}, rate ${learningRate}, ${length}, ${targets === "all" ? "all layers" : "attention"}, seed ${seed}`;
}

/** "rank 8, alpha 16" where the rest is as in `before`; whole without one. */
export function recipeDifference(recipe: Recipe, before: Recipe | undefined): string {
  if (before === undefined) return recipeText(recipe);
  const names = Object.keys(recipe) as (keyof Recipe)[];
  const changed = names.filter((name) => recipe[name] !== before[name]);
  return changed.length === 0 ? "the same" : changed.map((name) => `${name} ${String(recipe[name])}`).join(", ");
}
