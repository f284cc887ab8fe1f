/** A comparison as tables. */

import type { PairedDifference, RunComparison, Score } from "../../app/compare/compare.ts";
import { figureLines, phaseRows } from "../../app/figure-rows.ts";
import { percent } from "../../app/units.ts";
import { points } from "../../core/points.ts";
import { type Column, table } from "../table.ts";

const right = "right" as const;

export function comparisonText(comparison: RunComparison): string {
  const { tasks, details, warnings } = comparison;
  const parts = [
    runsTable(comparison),
    ...(comparison.settings.length > 0 ? [settingsTable(comparison)] : []),
    scoresTable(comparison),
    ...comparison.differences.map((difference) => {
      const rows = [{ task: "all", ...difference }, ...(tasks.length > 1 ? difference.tasks : [])].map(differenceRow);
      return `Difference of ${difference.name} to ${difference.baseline}, in points, on the same task and seed\n${table(differenceColumns, rows)}`;
    }),
    figuresTable(comparison),
    [
      `Intervals: ${comparison.intervals}. To show it: pairs of episodes that would show a true difference of the size seen`,
      `(${comparison.test}; the size seen is itself uncertain). Figures are of finished episodes${details.some(hasUnknownTokens) ? "; * some calls' servers did not say" : ""}.`,
    ].join("\n"),
    ...(warnings.length > 0 ? [warnings.map((warning) => `WARNING: ${warning}`).join("\n")] : []),
  ];
  return parts.join("\n\n");
}

function runsTable({ details }: RunComparison): string {
  const columns: Column[] = [
    { title: "run" },
    { title: "game" },
    { title: "model" },
    { title: "scaffold" },
    { title: "episodes", align: right },
    { title: "missing", align: right },
  ];
  const rows = details.map(({ name, game, model, scaffold, planned, finished, failed }) => [
    name,
    game,
    model,
    scaffold,
    `${finished}/${planned}`,
    `${planned - finished}${failed > 0 ? ` (${failed} failed)` : ""}`,
  ]);
  return table(columns, rows);
}

function settingsTable({ settings, details }: RunComparison): string {
  const columns = [{ title: "what differs" }, ...details.map(({ name }) => ({ title: name }))];
  return table(
    columns,
    settings.map(({ name, values }) => [name, ...values.map((value) => brief(value ?? "-"))]),
  );
}

function scoresTable({ runs, tasks }: RunComparison): string {
  const columns: Column[] = [
    { title: "score" },
    { title: "run" },
    { title: "mean", align: right },
    { title: "95 % interval", align: right },
    { title: "episodes", align: right },
    { title: "missing", align: right },
  ];
  const rows = runs.map((run) => ["all", run.name, ...scoreCells(run)]);
  if (tasks.length > 1) {
    for (const [index, task] of tasks.entries()) {
      for (const run of runs) rows.push([task, run.name, ...scoreCells(run.tasks[index]!)]);
    }
  }
  return table(columns, rows);
}

function scoreCells({ mean, low, high, count, missing }: Score): string[] {
  const interval = low === undefined ? "-" : `${percent(low)} to ${percent(high)}`;
  return [percent(mean), interval, String(count), String(missing)];
}

const differenceColumns: Column[] = [
  { title: "task" },
  { title: "difference", align: right },
  { title: "95 % interval", align: right },
  { title: "pairs", align: right },
  { title: "missing", align: right },
  { title: "to show it", align: right },
  { title: "" },
];

function differenceRow(difference: PairedDifference & { task: string }): string[] {
  const { task, mean, low, high, pairs, planned } = difference;
  const interval = low === undefined || high === undefined ? "-" : `${points(low)} to ${points(high)}`;
  return [
    task,
    points(mean),
    interval,
    `${pairs}/${planned}`,
    String(planned - pairs),
    difference.pairsToShow === undefined ? "-" : `${difference.pairsToShow} pairs`,
    verdict(difference),
  ];
}

/** What the interval says. Differences that are all equal have no spread, and say nothing about other seeds. */
function verdict({ low, high, deviation }: PairedDifference): string {
  if (low === undefined || high === undefined) return "";
  if (deviation === 0) return "no spread";
  return low > 0 ? "better" : high < 0 ? "worse" : "not shown";
}

function figuresTable({ details }: RunComparison): string {
  const columns: Column[] = [{ title: "figure" }, ...details.map(({ name }) => ({ title: name, align: right }))];
  const rows = figureLines(details).map(({ name, values }) => [name, ...values]);
  const counts = details.flatMap(({ name, figures }) =>
    (
      [
        ["operations", "operations"],
        ["formatFailures", "format failures"],
      ] as const
    ).flatMap(([pick, title]) =>
      phaseRows(figures, pick).map(({ phase, text }) => `${name}: ${phase} ${title}: ${text}`),
    ),
  );
  return [table(columns, rows), ...counts].join("\n");
}

function hasUnknownTokens({ figures }: RunComparison["details"][number]): boolean {
  return figures.unknownPromptTokens + figures.unknownCachedTokens + figures.unknownGeneratedTokens > 0;
}

function brief(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
