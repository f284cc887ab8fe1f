/** The steps of an episode, a line each. */
import type { StepRow } from "../../app/inspect.ts";
import { percent } from "../../app/units.ts";
import { table } from "../table.ts";
import { printable } from "../terminal.ts";

const columns = [
  { title: "step", align: "right" as const },
  { title: "action" },
  { title: "" },
  { title: "reward", align: "right" as const },
  { title: "score", align: "right" as const },
  { title: "calls", align: "right" as const },
  { title: "operations", align: "right" as const },
  { title: "writes", align: "right" as const },
  { title: "bad form", align: "right" as const },
  { title: "tokens in/out", align: "right" as const },
];

export function stepsTable(rows: readonly StepRow[]): string {
  return table(columns, rows.map(cells));
}

function cells(row: StepRow): string[] {
  return [
    String(row.stepIndex),
    printable(row.action ?? "(under way)"),
    remark(row),
    row.reward === undefined ? "" : row.reward.toFixed(2),
    percent(row.progress),
    String(row.calls),
    String(row.operations),
    String(row.writes),
    String(row.formatFailures),
    `${row.promptTokens ?? "?"}/${row.generatedTokens ?? "?"}`,
  ];
}

function remark(row: StepRow): string {
  const remarks: string[] = [];
  if (row.fallback) remarks.push("fallback");
  if (row.valid === false) remarks.push(`invalid, ${row.executed} played`);
  if (row.unchanged) remarks.push("no change");
  return remarks.join("; ");
}
