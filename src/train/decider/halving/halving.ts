/**
 * The decider `halving`: all points are trained for a short time, the better half of them for twice as long, and so on until one is left, which is
 * trained in full. It knows where it is from the ledger alone.
 * Source: successive halving, Jamieson and Talwalkar, AISTATS 2016. Each rung trains anew, so that the learning rate's course is whole.
 */
import { ConfigError } from "../../../core/errors.ts";
import { hashJson } from "../../../core/hash.ts";
import type { Recipe } from "../../../core/trainer.ts";
import type { TrainSettings } from "../../settings.ts";
import type { Decider, Decision, DecisionFrame } from "../decider.ts";
import { recipeKey, roundData, rowsOfRound, triedRecipes } from "../ledger.ts";
import { pointsOf, roundedRate, withRank } from "../points.ts";
import { differingFields } from "../recipe-text.ts";
import { CONFIGURATIONS_PER_TRIAL, pointsThatFit, rungAmounts, rungSizes, trialsNeeded } from "./rungs.ts";

export type HalvingSettings = Pick<TrainSettings, "recipe" | "data" | "grid">;

/**
 * Throws `ConfigError` `bad-setting`: as `pointsOf`, for an axis of epochs, and for a recipe of one epoch, which has no smaller share. Asks nobody
 * and costs nothing.
 */
export function createHalvingDecider(settings: HalvingSettings): Decider {
  const { recipe, grid } = settings;
  if (grid.epochs !== undefined) {
    throw badSetting(
      "leave out the axis epochs: halving chooses how long each point is trained, up to the recipe's epochs",
    );
  }
  if (fullAmount(recipe) < 2) {
    throw badSetting(
      "it begins with a share of the epochs: the recipe must have 2 at least, or maxSteps of 2 at least",
    );
  }
  const points = pointsOf(recipe, grid, halvingNeighbours);
  return {
    identity: { name: "halving", details: { points: points.length, digest: hashJson(points) } },
    decide: async (frame) => ({ decision: decide(points, settings, frame), spent: { tokens: 0, money: 0 } }),
    close: async () => undefined,
  };
}

/** Three learning rates, each with the rank and with twice the rank; those of one field first, since the first ones are taken where not all fit. */
export function halvingNeighbours(recipe: Recipe): Recipe[] {
  const { learningRate, rank } = recipe;
  const rates = [learningRate, roundedRate(learningRate * 3), roundedRate(learningRate / 3)];
  return [recipe, withRank(recipe, rank * 2)].flatMap((base) => rates.map((rate) => ({ ...base, learningRate: rate })));
}

/** Where the ladder stands. */
interface Rung {
  /** From 0. */
  index: number;
  of: number;
  /** Epochs or steps. */
  amount: number;
  contenders: readonly Recipe[];
  /** Of the contenders, as they are trained in this rung. */
  untried: Recipe[];
}

function decide(points: readonly Recipe[], { recipe, data }: HalvingSettings, frame: DecisionFrame): Decision {
  const trials = frame.trial - 1 + frame.trialsLeft;
  const count = pointsThatFit({ points: points.length, trials, full: fullAmount(recipe) });
  const rung = climb(points.slice(0, count), frame);
  if (typeof rung === "string") return { kind: "done", reason: rung };
  const found = roundData(frame, data);
  if (found.kind === "none") return { kind: "done", reason: found.reason };
  const recipes = rung.untried.slice(0, CONFIGURATIONS_PER_TRIAL);
  return {
    kind: "plan",
    plan: { data: found.data, recipes },
    reason: reasonOf(rung, recipes, { recipe, count, points }),
  };
}

/** The rung that is not yet done, or why there is none. */
function climb(points: readonly Recipe[], frame: DecisionFrame): Rung | string {
  const tried = triedRecipes(rowsOfRound(frame.ledger, frame.round));
  const sizes = rungSizes(points.length);
  const last = sizes.length - 1;
  let contenders = points;
  for (let index = 0; ; index++) {
    // Where only one is left before its time, nothing is to be compared: it goes to the last rung.
    if (contenders.length === 1) index = last;
    const inRung = contenders.map((point) => trainedFor(point, amountOf(point, sizes.length, index)));
    const untried = inRung.filter((recipe) => !tried.has(recipeKey(recipe)));
    const needed = trialsNeeded([untried.length, ...sizes.slice(index + 1)]);
    if (untried.length > 0 && (index === last || needed <= frame.trialsLeft)) {
      return { index, of: sizes.length, amount: fullAmount(inRung[0] as Recipe), contenders, untried };
    }
    if (index === last) return "One point was left, and it was trained in full.";
    const better = byScore(contenders, (_, at) => tried.get(recipeKey(inRung[at] as Recipe)));
    if (better.length === 0 && untried.length === 0)
      return `Every point of rung ${index + 1} of ${sizes.length} failed.`;
    // Where some failed before, half of those that are left are fewer than the ladder has room for.
    const room = Math.min(sizes[index + 1] as number, Math.max(1, Math.floor(contenders.length / 2)));
    contenders = better.length === 0 ? contenders.slice(0, 1) : better.slice(0, room);
  }
}

/** Those with a score, the best first; of equal ones the earlier. */
function byScore(points: readonly Recipe[], scoreOf: (point: Recipe, at: number) => number | undefined): Recipe[] {
  return points
    .map((point, at) => ({ point, score: scoreOf(point, at) }))
    .filter((each): each is { point: Recipe; score: number } => each.score !== undefined)
    .sort((one, other) => other.score - one.score)
    .map(({ point }) => point);
}

function fullAmount({ epochs, maxSteps }: Recipe): number {
  return maxSteps ?? epochs;
}

function amountOf(point: Recipe, rungs: number, index: number): number {
  const full = fullAmount(point);
  return rungAmounts(full, rungs)?.[index] ?? full;
}

function trainedFor(point: Recipe, amount: number): Recipe {
  return point.maxSteps === null ? { ...point, epochs: amount } : { ...point, maxSteps: amount };
}

function reasonOf(
  { index, of, amount, contenders, untried }: Rung,
  recipes: readonly Recipe[],
  { recipe, count, points }: { recipe: Recipe; count: number; points: readonly Recipe[] },
): string {
  const unit = recipe.maxSteps === null ? "epochs" : "steps";
  const left =
    count < points.length ? ` ${count} of ${points.length} points fit into the trials and epochs: the first ones.` : "";
  const said = recipes.map((each) => differingFields(each, recipe)).join("; ");
  return `Rung ${index + 1} of ${of}: ${contenders.length} points, ${amount} ${unit} each, ${untried.length} still to train.${left} Against the recipe of the settings: ${said}.`;
}

function badSetting(what: string): ConfigError {
  return new ConfigError(`The decider halving cannot be used so: ${what}.`, { code: "bad-setting" });
}
