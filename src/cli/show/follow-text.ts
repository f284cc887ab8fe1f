/** The entries of an episode as they come, a line each. */
import type { JournalEntry } from "../../core/journal.ts";
import type { Terminal } from "../terminal.ts";
import { printable } from "../terminal.ts";
import { percent } from "../units.ts";

/** `undefined` for entries that a follower need not see. */
export function followText(entry: JournalEntry, color: Terminal["color"]): string | undefined {
  switch (entry.kind) {
    case "episode-start":
      return color.bold(`task ${entry.task}, seed ${entry.seed}, at most ${entry.maxSteps} steps`);
    case "observation":
      return `\n${color.bold(`step ${entry.stepIndex}`)} (score ${percent(entry.progress)})\n${indent(entry.observation.long)}`;
    case "call":
      return color.cyan(`  ${entry.phase.toUpperCase()}: ${oneLine(entry.reply)}`);
    case "operation":
      return entry.status === "ok" ? undefined : color.dim(`    ${entry.status}: ${oneLine(entry.result)}`);
    case "action":
      return `  action: ${printable(entry.action)}${entry.fallback ? " (fallback)" : ""}`;
    case "episode-end":
      return color.bold(`\nended (${entry.reason}) after ${entry.steps} steps, score ${percent(entry.progress)}`);
    default:
      return undefined;
  }
}

function oneLine(text: string): string {
  const line = printable(text).replaceAll("\n", "⏎");
  return line.length > 200 ? `${line.slice(0, 200)}...` : line;
}

function indent(text: string): string {
  return printable(text).replace(/^/gm, "  ");
}
