/** What the decider tests share: frames, rows of a ledger, and a campaign in which trials come out as the test says. */
import * as v from "valibot";
import { type Hash, hashJson } from "../../../src/core/hash.ts";
import { plainJson } from "../../../src/core/json.ts";
import { Recipe } from "../../../src/core/trainer.ts";
import type { KindCounts } from "../../../src/core/training.ts";
import type { TriedConfiguration } from "../../../src/core/trial.ts";
import type {
  DatasetSummary,
  Decider,
  Decision,
  DecisionFrame,
  LedgerRow,
  TrialPlan,
} from "../../../src/train/decider/decider.ts";
import { DataSettings, type GridAxes } from "../../../src/train/settings.ts";

export const recipeOf = (fields: Partial<Recipe> = {}): Recipe => v.parse(Recipe, fields);
export const dataSettings: DataSettings = v.parse(DataSettings, {});

export function settingsOf(recipe: Partial<Recipe> = {}, grid: GridAxes = {}) {
  return { recipe: recipeOf(recipe), data: dataSettings, grid };
}

export const hashOf = (name: string): Hash => hashJson(name);
const counts = (each: number): KindCounts => ({
  write: each,
  nothing: each,
  check: 0,
  lookup: each,
  end: each,
  other: 0,
});

export function datasetOf(name: string, round = 1): DatasetSummary {
  const hash = hashOf(name);
  return { hash, round, candidates: counts(90), chosen: counts(30), items: counts(24), lines: 96, setAside: 7 };
}

export function frameOf(overrides: Partial<DecisionFrame> = {}): DecisionFrame {
  return {
    game: "courier",
    round: 1,
    trial: 1,
    trialsLeft: 3,
    ledger: [],
    datasets: [],
    episodes: { round: 60, all: 60, meanProgress: 0.3 },
    incumbentSelectMean: 0.29,
    ...overrides,
  };
}

/** How a configuration comes out: its mean on the select seeds; `undefined`: it fails. */
export type Outcome = (recipe: Recipe, round: number) => number | undefined;

export function rowOf(
  plan: TrialPlan,
  outcome: Outcome,
  at: { number: number; round: number; dataset?: Hash },
): LedgerRow {
  const { number, round, dataset } = at;
  const key = `t${number}`;
  if (dataset === undefined) {
    const failure = { stage: "selection" as const, code: "no-items", reason: "Nothing was chosen." };
    return { key, round, plan: planJson(plan), configurations: [], outcome: "failed", failure, why: failure.reason };
  }
  const configurations = plan.recipes.map((recipe): TriedConfiguration => {
    const selectMean = outcome(recipe, round);
    const failure = { stage: "training" as const, code: "out-of-memory", reason: "It took 3 GiB, and 2 were free." };
    return selectMean === undefined ? { recipe, failure } : { recipe, selectMean };
  });
  const scored = configurations.some(({ selectMean }) => selectMean !== undefined);
  return {
    key,
    round,
    plan: planJson(plan),
    dataset,
    configurations,
    outcome: scored ? "rejected-on-select" : "failed",
    why: scored ? "Not above the incumbent on the select seeds." : "No configuration was trained.",
  };
}

/** A plan as a record holds it. */
export function planJson(plan: TrialPlan): LedgerRow["plan"] {
  return plainJson(plan) as LedgerRow["plan"];
}

export interface World {
  rounds?: number;
  trials: number;
  outcome: Outcome;
  /** Whether the data of the trial (from 1, over the campaign) comes about. Default always. */
  data?: (number: number) => boolean;
}

export interface Played {
  ledger: LedgerRow[];
  datasets: DatasetSummary[];
  /** Every frame with what was decided, in order. */
  asked: { frame: DecisionFrame; decision: Decision }[];
}

/** Rounds of trials as a campaign has them, each asked of the decider with what came before. */
export async function playCampaign(decider: Decider, world: World): Promise<Played> {
  const played: Played = { ledger: [], datasets: [], asked: [] };
  for (let round = 1; round <= (world.rounds ?? 1); round += 1) {
    for (let trial = 1; trial <= world.trials; trial += 1) {
      const [ledger, datasets] = [[...played.ledger], [...played.datasets]];
      const episodes = { round: 60, all: 60 * round, meanProgress: 0.3 };
      const frame = frameOf({ round, trial, trialsLeft: world.trials - trial + 1, ledger, datasets, episodes });
      const { decision } = await decider.decide(frame);
      played.asked.push({ frame, decision });
      if (decision.kind === "done") break;
      takeTrial(played, decision.plan, { world, round });
    }
  }
  return played;
}

function takeTrial(played: Played, plan: TrialPlan, { world, round }: { world: World; round: number }): void {
  const number = played.ledger.length + 1;
  const at = { number, round };
  if (plan.data.kind === "reuse") {
    played.ledger.push(rowOf(plan, world.outcome, { ...at, dataset: plan.data.dataset }));
    return;
  }
  if (world.data?.(number) === false) {
    played.ledger.push(rowOf(plan, world.outcome, at));
    return;
  }
  const dataset = datasetOf(`data ${number}`, round);
  played.datasets.push(dataset);
  played.ledger.push(rowOf(plan, world.outcome, { ...at, dataset: dataset.hash }));
}

/** The plans that were decided, in order. */
export function plansOf({ asked }: Played): TrialPlan[] {
  return asked.flatMap(({ decision }) => (decision.kind === "plan" ? [decision.plan] : []));
}
