/**
 * What the model itself wrote with an operation, line by line. A base operation's text is its own. A scaffold's operation replaces whole
 * files, of which the model wrote the lines that were not in the file before; if there are none, it wrote one line that stood there already.
 */
import type { OperationEntry } from "../core/journal.ts";
import { baseOperations } from "../core/memory-op.ts";
import { type MemoryLines, normalLines } from "./memory-lines.ts";

export interface WrittenLine {
  file: string;
  /** Normalised: see `normalLines`. */
  line: string;
}

/** `memory` as it stood before the operation. Empty if it wrote nothing. */
export function linesWritten(entry: OperationEntry, memory: MemoryLines): WrittenLine[] {
  return (entry.writes ?? []).flatMap(({ file, change, text }) => {
    const lines = normalLines(text);
    const own = entry.name in baseOperations || change !== "replace" ? lines : addedLines(lines, memory.linesOf(file));
    return own.map((line) => ({ file, line }));
  });
}

function addedLines(lines: string[], before: readonly string[]): string[] {
  const known = new Set(before);
  const added = lines.filter((line) => !known.has(line));
  return added.length > 0 ? added : lines.slice(0, 1);
}
