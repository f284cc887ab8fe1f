/** The entries of an episode as they come, a line each. */

import { percent } from "../../app/units.ts";
import type { JournalEntry } from "../../core/journal.ts";
import type { Terminal } from "../terminal.ts";
import { printable } from "../terminal.ts";
import { indent, oneLine } from "./lines.ts";

const longestLine = 200;

/** `undefined` for entries that a follower need not see. */
export function followText(entry: JournalEntry, color: Terminal["color"]): string | undefined {
  switch (entry.kind) {
    case "episode-start":
      return color.bold(`task ${entry.task}, seed ${entry.seed}, at most ${entry.maxSteps} steps`);
    case "observation":
      return `\n${color.bold(`step ${entry.stepIndex}`)} (score ${percent(entry.progress)})\n${indent(entry.observation.long)}`;
    case "call":
      return color.cyan(
        `  ${entry.phase.toUpperCase()}${entry.speaker === "base" ? "" : ` (${entry.speaker})`}: ${oneLine(printable(entry.reply), longestLine)}`,
      );
    case "operation":
      return entry.status === "ok"
        ? undefined
        : color.dim(`    ${entry.status}: ${oneLine(printable(entry.result), longestLine)}`);
    case "action":
      return `  action: ${printable(entry.action)}${entry.fallback ? " (fallback)" : ""}`;
    case "episode-end":
      return color.bold(`\nended (${entry.reason}) after ${entry.steps} steps, score ${percent(entry.progress)}`);
    default:
      return undefined;
  }
}
