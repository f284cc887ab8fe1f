/** The decider `grid`: the recipe of the settings, then the points of the axes around it, two at a time. It reads no score within a round. */
import { hashJson } from "../../core/hash.ts";
import type { Recipe } from "../../core/trainer.ts";
import type { TrainSettings } from "../settings.ts";
import type { Decider, Decision, DecisionFrame } from "./decider.ts";
import { recipeKey, roundData, rowsOfRound, triedRecipes } from "./ledger.ts";
import { pointsOf, roundedRate, withRank } from "./points.ts";
import { differingFields } from "./recipe-text.ts";

export type GridSettings = Pick<TrainSettings, "recipe" | "data" | "grid">;

/** Throws `ConfigError` as `pointsOf`. Asks nobody and costs nothing. */
export function createGridDecider(settings: GridSettings): Decider {
  const points = pointsOf(settings.recipe, settings.grid, gridNeighbours);
  return {
    identity: { name: "grid", details: { points: points.length, digest: hashJson(points) } },
    decide: async (frame) => ({ decision: decide(points, settings, frame), spent: { tokens: 0, money: 0 } }),
    close: async () => undefined,
  };
}

/**
 * One field at a time, since few points can be paid for. The learning rate decides most and is known least, so both its neighbours come first; then
 * what takes longer and holds more, which helped the small models that were measured; fewer passes last, for data that is learnt by heart.
 */
export function gridNeighbours(recipe: Recipe): Recipe[] {
  const { learningRate, rank } = recipe;
  return [
    { ...recipe, learningRate: roundedRate(learningRate * 3) },
    { ...recipe, learningRate: roundedRate(learningRate / 3) },
    longer(recipe, 2),
    withRank(recipe, rank * 2),
    longer(recipe, 1 / 2),
  ];
}

function longer(recipe: Recipe, factor: number): Recipe {
  const times = (amount: number) => Math.max(1, Math.round(amount * factor));
  const { epochs, maxSteps } = recipe;
  return maxSteps === null ? { ...recipe, epochs: times(epochs) } : { ...recipe, maxSteps: times(maxSteps) };
}

function decide(points: readonly Recipe[], { recipe, data }: GridSettings, frame: DecisionFrame): Decision {
  const rows = rowsOfRound(frame.ledger, frame.round);
  const tried = triedRecipes(rows);
  const left = inOrder(points, frame).filter((point) => !tried.has(recipeKey(point)));
  if (left.length === 0)
    return { kind: "done", reason: `All ${points.length} points of the grid were tried in this round.` };
  const found = roundData(frame, data);
  if (found.kind === "none") return { kind: "done", reason: found.reason };
  // The first trial is one configuration: it shows whether the data and the whole way from it to a score hold.
  const recipes = left.slice(0, rows.length === 0 ? 1 : 2);
  const said = recipes.map((point) => differingFields(point, recipe)).join("; ");
  const reason = `Points of the grid, of which ${left.length} of ${points.length} are left. Against the recipe of the settings: ${said}.`;
  return { kind: "plan", plan: { data: found.data, recipes }, reason };
}

/** The first round takes the points as they come. A later one has other data, so that all are open again: the best so far first. */
function inOrder(points: readonly Recipe[], { ledger, round }: DecisionFrame): Recipe[] {
  const earlier = triedRecipes(ledger.filter((row) => row.round < round));
  const meanOf = (point: Recipe): number => earlier.get(recipeKey(point)) ?? -1;
  return [...points].sort((one, other) => meanOf(other) - meanOf(one));
}
