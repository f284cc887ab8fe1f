/** What a deciding model is shown: where the campaign stands, what a plan starts from, the data there is, and the ledger as tables. Pure. */
import { turnKinds } from "../../../core/training.ts";
import type { TriedConfiguration } from "../../../core/trial.ts";
import type { DatasetSummary, DecisionFrame, LedgerRow } from "../decider.ts";
import { differingFields } from "../recipe-text.ts";
import { plainLine } from "./plain-line.ts";
import { DATASET_DIGITS, type PlanStart } from "./read-plan.ts";
import { priorsText } from "./texts.ts";
import { chosenFields } from "./tools.ts";

/** `latest`: how many trials and datasets are shown, the latest ones; the text says how many are left out. */
export function frameText(frame: DecisionFrame, start: PlanStart, latest: number): string {
  const parts = [
    standText(frame, start),
    `# What a plan starts from\n${startText(start)}`,
    `# Datasets\n${datasetsText(frame, start, latest)}`,
    `# Trials so far, oldest first\n${ledgerText(frame, start, latest)}`,
    `# What is known elsewhere\n${priorsText(frame.game)}`,
    "Decide the next trial.",
  ];
  return parts.join("\n\n");
}

function standText(frame: DecisionFrame, { selector }: PlanStart): string {
  const { game, round, trial, trialsLeft, episodes, incumbentSelectMean } = frame;
  const left = trialsLeft === 1 ? "it is the last one" : `${trialsLeft} are left with it`;
  return `# Where it stands
Game ${plainLine(game)}, round ${round}, trial ${trial} of the round: ${left}.
To be beaten on the select seeds: ${figure(incumbentSelectMean)} (mean progress).
Episodes to make data of: ${episodes.round} of this round, ${episodes.all} of all rounds; mean progress of this round's ${figure(episodes.meanProgress)}.
Turns are chosen by the selector ${plainLine(selector)}.`;
}

function startText({ recipe, data, selector }: PlanStart): string {
  const fields = chosenFields.map((field) => `${field} ${recipe[field] ?? "none"}`).join(", ");
  const rules = selector === "outcome" ? `\noutcome: ${JSON.stringify(data.outcome)}` : "";
  return `What you leave out of a plan is as here.\nrecipe: ${fields}\ndataset: ${JSON.stringify(data.dataset)}${rules}`;
}

function datasetsText({ datasets, ledger }: DecisionFrame, start: PlanStart, latest: number): string {
  if (datasets.length === 0) return "None yet: the first trial must build one.";
  const shown = latest === 0 ? [] : datasets.slice(-latest);
  return [
    "For each kind of turn: items in the training data / chosen by the selector / candidates.",
    `name | round | ${turnKinds.join(" | ")} | lines | set aside | built with`,
    ...leftOut(datasets.length - shown.length, "datasets"),
    ...shown.map((dataset) => datasetLine(dataset, ledger, start)),
  ].join("\n");
}

function datasetLine(dataset: DatasetSummary, ledger: readonly LedgerRow[], start: PlanStart): string {
  const { hash, round, items, chosen, candidates, lines, setAside } = dataset;
  const kinds = turnKinds.map((kind) => `${items[kind]} / ${chosen[kind]} / ${candidates[kind]}`);
  const built = ledger.find((row) => row.dataset === hash && isBuild(row.plan.data));
  const how = built === undefined ? "" : builtWith(built.plan.data as Record<string, unknown>, start);
  return [hash.slice(0, DATASET_DIGITS), round, ...kinds, lines, setAside, how].join(" | ");
}

function ledgerText({ ledger }: DecisionFrame, start: PlanStart, latest: number): string {
  if (ledger.length === 0) return "None yet.";
  const shown = latest === 0 ? [] : ledger.slice(-latest);
  const hidden = ledger.slice(0, ledger.length - shown.length);
  return [
    "trial | round | data | recipe, against the start | select mean | came to",
    ...leftOut(hidden.length, "trials", bestOf(hidden, start)),
    ...shown.flatMap((row) => rowLines(row, start)),
  ].join("\n");
}

function rowLines(row: LedgerRow, start: PlanStart): string[] {
  const { key, round, dataset, configurations, best, outcome, failure, why } = row;
  const data = dataset === undefined ? builtWith(row.plan.data, start) || "none" : dataset.slice(0, DATASET_DIGITS);
  const came = `${outcome}: ${plainLine(why)}`;
  if (configurations.length === 0) {
    const reason =
      failure === undefined ? "" : ` (${failure.stage}, ${plainLine(failure.code)}: ${plainLine(failure.reason)})`;
    return [[key, round, data, "none was trained", "none", `${came}${reason}`].join(" | ")];
  }
  return configurations.map((tried, index) =>
    [
      key,
      round,
      data,
      differingFields(tried.recipe, start.recipe),
      `${figure(tried.selectMean)}${best === index && configurations.length > 1 ? " (the better)" : ""}`,
      tried.failure === undefined ? came : failureText(tried.failure),
    ].join(" | "),
  );
}

function failureText({ stage, code, reason }: NonNullable<TriedConfiguration["failure"]>): string {
  return `failed in ${stage}, ${plainLine(code)}: ${plainLine(reason)}`;
}

/** What differs from the start, of a plan's data as a record holds it. */
function builtWith(data: unknown, { data: start }: PlanStart): string {
  if (!isBuild(data)) return "";
  const { episodes, criteria, dataset, outcome } = data;
  const said = [
    ...(episodes === "all" ? ["episodes of all rounds"] : []),
    ...differences(dataset, start.dataset),
    ...differences(outcome, start.outcome),
    ...(typeof criteria === "string" ? [`criteria: ${plainLine(criteria)}`] : []),
  ];
  return said.length === 0 ? "as the start" : said.join(", ");
}

function isBuild(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && (data as { kind?: unknown }).kind === "build";
}

function differences(value: unknown, start: Record<string, unknown>): string[] {
  return Object.entries(value ?? {}).flatMap(([name, field]) => {
    const said = JSON.stringify(field) ?? "none";
    return said === JSON.stringify(start[name]) ? [] : [`${plainLine(name)} ${plainLine(said)}`];
  });
}

function leftOut(count: number, what: string, best?: string): string[] {
  return count === 0 ? [] : [`(the ${count} oldest ${what} are left out to make room${best ?? ""})`];
}

function bestOf(rows: readonly LedgerRow[], start: PlanStart): string {
  const tried = rows.flatMap(({ key, configurations }) => configurations.map((each) => ({ key, ...each })));
  const scored = tried.filter((each) => each.selectMean !== undefined);
  const [best] = scored.sort((one, other) => (other.selectMean ?? 0) - (one.selectMean ?? 0));
  if (best === undefined) return "";
  return `; the best of them: ${best.key}, ${differingFields(best.recipe, start.recipe)}, ${figure(best.selectMean)}`;
}

function figure(mean: number | undefined): string {
  return mean === undefined ? "not known" : mean.toFixed(3);
}
