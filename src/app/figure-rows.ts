/** Figures of runs as people read them: one list of names, units and roundings for `show`, `list`, `compare` and the page. */
import type { RunFigures, RunTotals } from "./run-totals.ts";
import { amount, percent } from "./units.ts";

export interface FigureRow {
  name: string;
  /** Title of the column in `list --figures`; absent: not shown there. */
  short?: string;
  text: (totals: RunTotals) => string;
}

export const figureRows: readonly FigureRow[] = [
  { name: "episodes counted", text: ({ figures }) => amount(figures.episodes) },
  { name: "steps", text: ({ figures }) => amount(figures.steps) },
  { name: "writes", text: ({ figures }) => amount(figures.writes) },
  { name: "look-ups", text: ({ figures }) => amount(figures.searches) },
  { name: "write:search", short: "w:s", text: ({ figures }) => rounded(figures.writeSearchRatio, 2) },
  { name: "empty searches", short: "empty", text: ({ figures }) => percent(figures.emptySearchShare) },
  { name: "redundant lines written", short: "redundant", text: ({ figures }) => percent(figures.redundantShare) },
  { name: "growth, characters a step", short: "growth", text: ({ figures }) => rounded(figures.growthPerStep, 1) },
  {
    name: "context, characters a call",
    short: "context",
    text: ({ figures }) => rounded(figures.contextCharactersPerCall, 0),
  },
  { name: "format failures a call", short: "slips", text: ({ figures }) => rounded(figures.formatFailuresPerCall, 3) },
  { name: "unproductive actions", short: "unproductive", text: ({ figures }) => percent(figures.unproductiveShare) },
  { name: "fallback actions", short: "fallback", text: ({ figures }) => percent(figures.fallbackShare) },
  { name: "invalid actions", text: ({ figures }) => percent(figures.invalidShare) },
  { name: "calls", text: ({ figures }) => amount(figures.calls) },
  { name: "tokens in", short: "in", text: ({ figures }) => tokens(figures, "Prompt") },
  { name: "tokens in, cached", short: "cached", text: ({ figures }) => tokens(figures, "Cached") },
  { name: "tokens out", short: "out", text: ({ figures }) => tokens(figures, "Generated") },
  { name: "seconds in model", short: "model s", text: ({ times }) => seconds(times.modelSeconds, times.steps) },
  { name: "seconds in game", short: "game s", text: ({ times }) => seconds(times.gameSeconds, times.steps) },
  { name: "seconds in automem", short: "automem s", text: ({ times }) => seconds(times.harnessSeconds, times.steps) },
];

/** A row with its value for each of some runs, as text. */
export interface FigureLine {
  name: string;
  values: string[];
}

/** All rows, for each of some runs. */
export function figureLines(totals: readonly RunTotals[]): FigureLine[] {
  return figureRows.map(({ name, text }) => ({ name, values: totals.map(text) }));
}

/** The same where no times were kept: without the rows of seconds. */
export function memoryLines(figures: readonly RunFigures[]): FigureLine[] {
  const noTimes = { steps: 0, modelSeconds: 0, gameSeconds: 0, harnessSeconds: 0 };
  return figureLines(figures.map((one) => ({ figures: one, times: noTimes }))).filter(
    ({ name }) => !name.startsWith("seconds"),
  );
}

/** "LOG  APPEND 3, READ 1": counts by kind, for each phase that has some. */
export function phaseRows(
  figures: RunFigures,
  pick: "operations" | "refused" | "formatFailures" | "ends",
): { phase: string; text: string }[] {
  return (["log", "plan"] as const).flatMap((phase) => {
    const text = countsText(figures[phase][pick]);
    return text === "" ? [] : [{ phase: phase.toUpperCase(), text }];
  });
}

/** "APPEND 3, READ 1"; empty if there are none. */
export function countsText(counts: unknown): string {
  if (typeof counts !== "object" || counts === null) return "";
  return Object.entries(counts)
    .filter(([, count]) => Number(count) > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

/** A star marks a sum that some calls are not in, because their server did not say. */
function tokens(figures: RunFigures, kind: "Prompt" | "Cached" | "Generated"): string {
  const sum = { Prompt: figures.promptTokens, Cached: figures.cachedTokens, Generated: figures.generatedTokens }[kind];
  if (sum === undefined) return "-";
  return `${amount(sum)}${figures[`unknown${kind}Tokens`] > 0 ? "*" : ""}`;
}

function seconds(value: number, steps: number): string {
  return steps === 0 ? "-" : value.toFixed(1);
}

function rounded(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : value.toFixed(digits);
}
