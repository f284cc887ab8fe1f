/** One trial of `train` in full: what was decided and why, the data, each configuration with the course of its loss, the tests. */

import { countsText } from "../../app/figure-rows.ts";
import type { DatasetStats } from "../../app/train/datasets.ts";
import type { ConfigurationRow } from "../../app/train/trainings.ts";
import type { TrialView } from "../../app/train/trial-row.ts";
import { amount, percent } from "../../app/units.ts";
import { printable } from "../terminal.ts";
import { lossPlot } from "./loss-plot.ts";
import { recipeText } from "./recipe-text.ts";
import { testLines } from "./training-text.ts";

/** `stats`: of its dataset, where it has one. */
export function trialText({ row, trial, reason, losses }: TrialView, stats: DatasetStats | undefined): string {
  const lines = [
    `Trial ${row.key}, round ${trial.round}: ${row.outcome.replaceAll("-", " ")}`,
    `  ${row.why}`,
    `  against   ${trial.incumbent === undefined ? "the base alone" : `specialist ${trial.incumbent.slice(0, 12)}`}`,
    ...(row.failure === undefined
      ? []
      : [`  failed    in ${row.failure.stage} (${row.failure.code}): ${row.failure.reason}`]),
    "",
    "Why this",
    reason.trim(),
    ...dataLines(row.dataset, stats),
    ...row.configurations.flatMap((one, index) => configurationLines(one, losses[one.key], index === row.best)),
    ...(row.tests.length === 0 ? [] : ["", "Tests on the confirm seeds", ...testLines(row)]),
    "",
    "Plan",
    JSON.stringify(trial.plan, null, 2),
  ];
  return printable(lines.join("\n"));
}

function dataLines(dataset: TrialView["row"]["dataset"], stats: DatasetStats | undefined): string[] {
  if (dataset === undefined || stats === undefined) return [];
  const kinds = stats.kinds.filter(({ candidates }) => candidates > 0);
  return [
    "",
    `Data ${dataset.hash}${dataset.reused ? " (of an earlier trial)" : ""}`,
    ...kinds.map(
      ({ kind, candidates, chosen, train, trainLines, validation, setAside }) =>
        `  ${kind.padEnd(8)} ${amount(candidates)} turns, ${amount(chosen)} chosen, ${amount(setAside)} set aside, ${amount(train)} to train on (${amount(trainLines)} lines), ${amount(validation)} kept for validation`,
    ),
    ...(Object.keys(stats.setAside).length === 0 ? [] : [`  set aside by rule: ${countsText(stats.setAside)}`]),
    `  more: automem dataset stats ${dataset.hash.slice(0, 12)}`,
  ];
}

function configurationLines(
  { key, recipe, steps, finalLoss, adapter, parity, selectMean, failure, training }: ConfigurationRow,
  losses: readonly number[] | undefined,
  best: boolean,
): string[] {
  const facts = [
    ...(steps === undefined ? [] : [`${amount(steps)} steps`]),
    ...(finalLoss === undefined ? [] : [`loss ${finalLoss.toFixed(3)}`]),
    ...(parity === undefined ? [] : [`server as trainer on ${parity.equal} of ${parity.of} prompts`]),
    ...(selectMean === undefined ? [] : [`${percent(selectMean)} on the select seeds`]),
  ];
  return [
    "",
    `${key}${best ? " (the best)" : ""}: ${recipeText(recipe)}`,
    ...(facts.length === 0 ? [] : [`  ${facts.join(", ")}`]),
    ...(failure === undefined ? [] : [`  failed in ${failure.stage} (${failure.code}): ${failure.reason}`]),
    ...(adapter === undefined ? [] : [`  adapter ${adapter}`]),
    ...(training === undefined ? [] : [`  training ${training}`]),
    ...(losses === undefined || losses.length === 0
      ? []
      : [`  loss ${losses[0]?.toFixed(3)} ${lossPlot(losses)} ${losses.at(-1)?.toFixed(3)}`]),
  ];
}
