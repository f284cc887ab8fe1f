/** What an operation changed in memory, as lines taken out and put in. */
import { structuredPatch } from "diff";
import type { FileChange } from "../../core/journal-files.ts";
import { inline } from "./plain-text.ts";

/** Edits up to which the least difference is looked for (its cost grows with the square); beyond, all between the equal ends is replaced. */
const maxEditLength = 300;

export interface MemoryChange {
  stepIndex: number;
  /** For people: `notes.txt: 1 line added`. */
  title: string;
  /** `+ ` and `- ` lines with `@@` marks; not quoted yet. */
  difference: string;
}

/** `before`: the file before the change; `undefined` if there was none. */
export function memoryChange(stepIndex: number, change: FileChange, before: string | undefined): MemoryChange {
  const { file, text } = change;
  const made = before === undefined ? " (new file)" : "";
  if (change.change === "remove")
    return { stepIndex, title: `${inline(file)} removed`, difference: signed("-", before ?? "") };
  if (change.change === "append") {
    // Memory ends a file's last line when the next one comes, or not at all.
    const isOpen = before !== undefined && before !== "" && !before.endsWith("\n");
    const goesOn = isOpen && !text.startsWith("\n") ? " to its last line" : made;
    return {
      stepIndex,
      title: `${inline(file)} appended${goesOn}`,
      difference: signed("+", isOpen && text.startsWith("\n") ? text.slice(1) : text),
    };
  }
  return { stepIndex, title: `${inline(file)} written${made}`, difference: difference(before ?? "", text) };
}

/** Hunks of a unified diff without context; `(no change)` for equal texts. */
function difference(before: string, after: string): string {
  if (before === after) return "(no change)";
  const patch = structuredPatch("", "", before, after, "", "", { context: 0, maxEditLength });
  if (patch === undefined) return betweenEnds(before.split("\n"), after.split("\n"));
  return patch.hunks
    .map((hunk) =>
      [`@@ line ${hunk.newStart} @@`, ...hunk.lines.map((line) => `${line[0]} ${line.slice(1)}`)].join("\n"),
    )
    .join("\n");
}

/** What stands between the lines that both begin and both end with. */
function betweenEnds(before: readonly string[], after: readonly string[]): string {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const middle = (lines: readonly string[], sign: string) =>
    lines.slice(head, lines.length - tail).map((line) => `${sign} ${line}`);
  return [`@@ line ${head + 1} @@`, ...middle(before, "-"), ...middle(after, "+")].join("\n");
}

function signed(sign: string, text: string): string {
  if (text === "") return "(empty)";
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  return lines.map((line) => `${sign} ${line}`).join("\n");
}
