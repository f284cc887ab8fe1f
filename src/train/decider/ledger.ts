/** What a ledger says to those who decide without a model: recipes that were tried, how they fared, and the data there is. Pure. */
import * as v from "valibot";
import type { Hash } from "../../core/hash.ts";
import { canonicalJson } from "../../core/json.ts";
import { Recipe } from "../../core/trainer.ts";
import type { DataSettings } from "../settings.ts";
import type { DataPlan, DecisionFrame, LedgerRow } from "./decider.ts";

/** Equal recipes have equal keys. */
export function recipeKey(recipe: Recipe): string {
  return canonicalJson(recipe);
}

/** Trials of one round, oldest first. */
export function rowsOfRound(ledger: readonly LedgerRow[], round: number): LedgerRow[] {
  return ledger.filter((row) => row.round === round);
}

/** A plan may come from another decider, or another version: what cannot be read has no recipes. */
const PlannedRecipes = v.object({ recipes: v.array(Recipe) });

/**
 * Every recipe that was planned or tried in the rows, with its best mean on the select seeds. `undefined`: it has none, because it failed, or
 * its trial did before it.
 */
export function triedRecipes(rows: readonly LedgerRow[]): Map<string, number | undefined> {
  const tried = new Map<string, number | undefined>();
  for (const { plan, configurations } of rows) {
    const planned = v.safeParse(PlannedRecipes, plan);
    for (const recipe of planned.success ? planned.output.recipes : []) {
      if (!tried.has(recipeKey(recipe))) tried.set(recipeKey(recipe), undefined);
    }
    for (const { recipe, selectMean } of configurations) {
      const key = recipeKey(recipe);
      const before = tried.get(key);
      tried.set(key, selectMean === undefined || (before !== undefined && before > selectMean) ? before : selectMean);
    }
  }
  return tried;
}

/** The data of the round's next trial, or why none is to be had. */
export type RoundData = { kind: "data"; data: DataPlan } | { kind: "none"; reason: string };

/**
 * The first dataset that the round made, again; before there is one, a new one by the settings, out of the round's own episodes. A trial that
 * could not make it ends the matter: the next one would ask for the same.
 */
export function roundData(frame: DecisionFrame, { dataset, outcome }: DataSettings): RoundData {
  const rows = rowsOfRound(frame.ledger, frame.round);
  const known = new Set<Hash>(frame.datasets.map(({ hash }) => hash));
  const made = rows.map((row) => row.dataset).find((hash) => hash !== undefined && known.has(hash));
  if (made !== undefined) return { kind: "data", data: { kind: "reuse", dataset: made } };
  const failed = rows.at(-1);
  if (failed !== undefined && failed.dataset === undefined) {
    const why = failed.failure?.reason ?? failed.why;
    const reason = `No data came about in trial ${failed.key}, and the same data is all there is to ask for: ${why}`;
    return { kind: "none", reason };
  }
  return { kind: "data", data: { kind: "build", dataset, outcome, episodes: "round" } };
}
