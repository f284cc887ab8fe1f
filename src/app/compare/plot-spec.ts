/** The picture of a comparison as a Vega-Lite specification: scores, differences to the first run, figures and cost. Pure. */
import type { TopLevelSpec } from "vega-lite";
import type { PairedDifference, RunComparison, RunDetails, Score } from "./compare.ts";

/** Colours told apart with any colour vision (Okabe and Ito); more runs than colours begin anew. */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

interface Panel {
  title: string;
  value: (details: RunDetails) => number | undefined;
}

const perStep = (total: number | undefined, steps: number) =>
  total === undefined || steps === 0 ? undefined : total / steps;

const panels: readonly Panel[] = [
  { title: "write : search", value: ({ figures }) => figures.writeSearchRatio },
  { title: "growth, characters a step", value: ({ figures }) => figures.growthPerStep },
  { title: "redundant lines, %", value: ({ figures }) => percent(figures.redundantShare) },
  { title: "empty searches, %", value: ({ figures }) => percent(figures.emptySearchShare) },
  { title: "unproductive actions, %", value: ({ figures }) => percent(figures.unproductiveShare) },
  { title: "fallback actions, %", value: ({ figures }) => percent(figures.fallbackShare) },
  { title: "format failures a call", value: ({ figures }) => figures.formatFailuresPerCall },
  { title: "context, characters a call", value: ({ figures }) => figures.contextCharactersPerCall },
  { title: "tokens in, a step", value: ({ figures }) => perStep(figures.promptTokens, figures.steps) },
  { title: "tokens in from the cache, a step", value: ({ figures }) => perStep(figures.cachedTokens, figures.steps) },
  { title: "tokens out, a step", value: ({ figures }) => perStep(figures.generatedTokens, figures.steps) },
  {
    title: "seconds a step",
    value: ({ times }) => perStep(times.modelSeconds + times.gameSeconds + times.harnessSeconds, times.steps),
  },
];

export function plotSpec(comparison: RunComparison): TopLevelSpec {
  const names = comparison.runs.map(({ name }) => name);
  const colour = {
    field: "run",
    type: "nominal",
    scale: { domain: names, range: names.map((_, index) => colours[index % colours.length] ?? "#000000") },
    legend: { title: null, orient: "top", labelLimit: 400, columns: 3 },
  } as const;
  const parts = [
    scorePart(comparison, colour),
    ...(comparison.differences.length > 0 ? [differencePart(comparison, colour)] : []),
    figurePart(comparison, colour),
  ];
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: {
      text: "Runs compared",
      subtitle: subtitle(comparison),
      anchor: "start",
      frame: "group",
      fontSize: 16,
      subtitlePadding: 6,
    },
    background: "white",
    padding: 16,
    spacing: 28,
    vconcat: parts,
    config: { font: "DejaVu Sans, Arial, sans-serif", view: { stroke: null }, axis: { labelLimit: 260 } },
  };
  return spec as unknown as TopLevelSpec;
}

/** What was missing stands on the picture, too. */
function subtitle({ runs, intervals }: RunComparison): string[] {
  const missing = runs
    .filter((run) => run.missing > 0)
    .map((run) => `MISSING in ${run.name}: ${run.missing} of ${run.count + run.missing} episodes; they are in no mean`);
  return [`Intervals: ${intervals}`, ...(missing.length === 0 ? ["No episode is missing"] : missing)];
}

function scorePart({ runs, tasks }: RunComparison, colour: unknown): object {
  const rows = runs.flatMap((run) => [
    scoreRow("all", run.name, run),
    ...(tasks.length > 1 ? run.tasks.map((score) => scoreRow(score.task, run.name, score)) : []),
  ]);
  const x = { axis: { title: "score: mean progress, %" }, scale: { domainMin: 0 } };
  return intervalChart("Score", rows, runs.length, x, colour);
}

function differencePart({ differences, tasks, runs }: RunComparison, colour: unknown): object {
  const rows = differences.flatMap((difference) => [
    differenceRow("all", difference.name, difference),
    ...(tasks.length > 1 ? difference.tasks.map((of) => differenceRow(of.task, difference.name, of)) : []),
  ]);
  const baseline = runs[0]?.name ?? "";
  const x = { axis: { grid: true, title: `percentage points better (+) or worse (-) than ${baseline}` } };
  const chart = intervalChart("Paired difference on the same task and seed", rows, differences.length, x, colour);
  const zero = { mark: { type: "rule", color: "#666", strokeDash: [4, 3] }, encoding: { x: { datum: 0 } } };
  return { ...chart, layer: [zero, ...chart.layer] };
}

interface IntervalRow {
  task: string;
  run: string;
  mean: number;
  low: number;
  high: number;
  count: string;
}

/** A point for each mean with its interval as a line and the number of episodes beside it. */
function intervalChart(
  title: string,
  rows: readonly (IntervalRow | undefined)[],
  runs: number,
  x: { axis: object; scale?: object },
  colour: unknown,
) {
  const values = rows.filter((row) => row !== undefined);
  const y = {
    field: "task",
    type: "nominal",
    sort: [...new Set(values.map(({ task }) => task))],
    axis: { title: null, ticks: false, domain: false, grid: true, labelPadding: 10 },
  };
  const yOffset = { field: "run", type: "nominal", sort: [...new Set(values.map(({ run }) => run))] };
  const across = (field: string) => ({ field, type: "quantitative", ...x });
  const place = { y, yOffset, color: colour };
  return {
    title: { text: title, anchor: "start", frame: "group" },
    width: 640,
    height: { step: Math.max(12, Math.round(34 / runs)) },
    data: { values },
    layer: [
      { mark: { type: "rule", strokeWidth: 2 }, encoding: { ...place, x: across("low"), x2: { field: "high" } } },
      { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { ...place, x: across("mean") } },
      {
        mark: { type: "text", align: "left", dx: 8, fontSize: 10 },
        encoding: { ...place, x: across("high"), text: { field: "count", type: "nominal" } },
      },
    ],
  };
}

function scoreRow(task: string, run: string, { mean, low, high, count, missing }: Score): IntervalRow | undefined {
  if (mean === undefined) return undefined;
  const said = `${count}${missing > 0 ? ` (${missing} missing)` : ""}`;
  return { task, run, mean: 100 * mean, low: 100 * (low ?? mean), high: 100 * (high ?? mean), count: said };
}

function differenceRow(task: string, run: string, difference: PairedDifference): IntervalRow | undefined {
  const { mean, low, high, pairs, planned } = difference;
  if (mean === undefined) return undefined;
  const said = `${pairs} pairs${planned > pairs ? ` (${planned - pairs} missing)` : ""}`;
  return { task, run, mean: 100 * mean, low: 100 * (low ?? mean), high: 100 * (high ?? mean), count: said };
}

/** One small bar chart a figure, each with its own scale; the value stands beside its bar. */
function figurePart({ details }: RunComparison, colour: unknown): object {
  const charts = panels.flatMap(({ title, value }) => {
    const numbers = details.map(value);
    const known = numbers.filter((number) => number !== undefined);
    if (known.length === 0) return [];
    const values = details.map(({ name }, index) => {
      const number = numbers[index];
      const said = number === undefined ? "none" : significant(number);
      return { run: name, value: number ?? 0, edge: Math.max(0, number ?? 0), said };
    });
    const y = { field: "run", type: "nominal", sort: details.map(({ name }) => name), axis: null };
    const domain = [Math.min(0, ...known), Math.max(0, ...known) || 1];
    const across = { type: "quantitative", axis: null, scale: { domain, nice: false } };
    return [
      {
        title: { text: title, anchor: "start", frame: "group", fontSize: 11, fontWeight: "normal" },
        width: 170,
        height: { step: 18 },
        data: { values },
        encoding: { y, color: colour },
        layer: [
          { mark: { type: "bar", height: 12 }, encoding: { x: { field: "value", ...across } } },
          {
            mark: { type: "text", align: "left", dx: 4, fontSize: 10, color: "#333" },
            encoding: {
              x: { field: "edge", ...across },
              text: { field: "said", type: "nominal" },
              color: { value: "#333" },
            },
          },
        ],
      },
    ];
  });
  return {
    title: { text: "Memory and cost, finished episodes", anchor: "start", frame: "group" },
    concat: charts,
    columns: 3,
    spacing: 24,
  };
}

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : 100 * share;
}

/** Three digits: "0.0123", "1.23", "1,234". */
function significant(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}
