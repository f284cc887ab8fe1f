/** Holds one step of a replay against the recorded one, kind by kind. Pure. */
import type { CallEntry, JournalEntry, OperationEntry } from "../../core/journal.ts";
import { canonicalJson } from "../../core/json.ts";
import type { Phase } from "../../core/memory-op.ts";
import type { EntryOf } from "./recorded-episode.ts";

/** What can come out otherwise, in the order in which a step makes it. `turns`: what the model is told after its first call of a phase. */
export const differenceKinds = [
  "signals",
  "log-prompt",
  "log-turns",
  "log-operations",
  "log-writes",
  "plan-writes",
  "plan-prompt",
  "plan-turns",
  "plan-operations",
  "rejections",
  "action",
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** One kind of one step, recorded and now, as text. */
export interface StepDifference {
  stepIndex: number;
  kind: DifferenceKind;
  recorded: string;
  now: string;
}

/** The kinds that differ, in order. Equal steps give none. */
export function stepDifferences(
  stepIndex: number,
  recorded: readonly JournalEntry[],
  now: readonly JournalEntry[],
): StepDifference[] {
  const one = stepTexts(recorded);
  const other = stepTexts(now);
  return differenceKinds.flatMap((kind) =>
    one[kind] === other[kind] ? [] : [{ stepIndex, kind, recorded: one[kind], now: other[kind] }],
  );
}

/** Operations of the model that ran when they were recorded and are refused now. */
export function newlyRefused(recorded: readonly JournalEntry[], now: readonly JournalEntry[]): number {
  const ran = new Map<string, number>();
  for (const entry of modelOperations(recorded)) {
    if (entry.status === "ok" || entry.status === "empty") add(ran, writtenKey(entry));
  }
  let count = 0;
  for (const entry of modelOperations(now)) {
    const key = writtenKey(entry);
    const left = ran.get(key) ?? 0;
    if (left > 0) ran.set(key, left - 1);
    if (left > 0 && entry.status === "refused") count += 1;
  }
  return count;
}

/** What an operation was as the model wrote it. */
function writtenKey(entry: OperationEntry): string {
  const { name, arguments: given } = entry.rewrittenFrom ?? entry;
  return JSON.stringify([entry.phase, name, given]);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function modelOperations(entries: readonly JournalEntry[]): OperationEntry[] {
  return entries.filter((entry) => entry.kind === "operation" && entry.actor === "model") as OperationEntry[];
}

function stepTexts(entries: readonly JournalEntry[]): Record<DifferenceKind, string> {
  const signals = entries.find((entry) => entry.kind === "signals");
  const action = entries.find((entry) => entry.kind === "action");
  return {
    signals: signals === undefined ? "" : signalsText(signals),
    "log-prompt": prompt(entries, "log"),
    "log-turns": turns(entries, "log"),
    "log-operations": operations(entries, "log", "model"),
    "log-writes": operations(entries, "log", "scaffold"),
    "plan-writes": operations(entries, "plan", "scaffold"),
    "plan-prompt": prompt(entries, "plan"),
    "plan-turns": turns(entries, "plan"),
    "plan-operations": operations(entries, "plan", "model"),
    rejections: action?.rejections.map(({ action: name, reason }) => `${name}: ${reason}`).join("\n") ?? "",
    action: action === undefined ? "" : `${action.action}${action.fallback ? " (fallback)" : ""}`,
  };
}

function signalsText({ signals, debug }: EntryOf<"signals">): string {
  const lines = Object.keys(signals)
    .sort()
    .map((name) => `${name}: ${canonicalJson(signals[name])}`);
  if (debug !== undefined) lines.push(`(debug) ${canonicalJson(debug)}`);
  return lines.join("\n");
}

function callsOf(entries: readonly JournalEntry[], phase: Phase): CallEntry[] {
  return entries.filter((entry) => entry.kind === "call" && entry.phase === phase) as CallEntry[];
}

function prompt(entries: readonly JournalEntry[], phase: Phase): string {
  return (
    callsOf(entries, phase)[0]
      ?.added.map(({ content }) => content)
      .join("\n") ?? ""
  );
}

function turns(entries: readonly JournalEntry[], phase: Phase): string {
  const later = callsOf(entries, phase).slice(1);
  return later.map(({ added }) => added.map(({ content }) => content).join("\n")).join("\n---\n");
}

function operations(entries: readonly JournalEntry[], phase: Phase, actor: OperationEntry["actor"]): string {
  const lines: string[] = [];
  for (const entry of entries) {
    if (entry.kind !== "operation" || entry.phase !== phase || entry.actor !== actor) continue;
    const from =
      entry.rewrittenFrom === undefined
        ? ""
        : ` (written as ${entry.rewrittenFrom.name}|${entry.rewrittenFrom.arguments.join("|")})`;
    lines.push(
      `${entry.name}|${entry.arguments.join("|")}${from}: ${entry.status}${entry.failure ? ` ${entry.failure}` : ""}`,
    );
    if (entry.result !== "") lines.push(`  ${entry.result.replaceAll("\n", "\n  ")}`);
    for (const { file, change, text } of entry.writes ?? []) lines.push(`  ${change} ${file}: ${JSON.stringify(text)}`);
  }
  return lines.join("\n");
}
