/** The memory folder at a step beside the step before: each file line by line. Pure. */
import { diffLines } from "diff";
import type { FilesByName } from "../../core/journal-files.ts";

export interface FileLines {
  file: string;
  change: "same" | "changed" | "new" | "removed";
  /** In order; a removed line stands where it was. */
  lines: { kind: "same" | "added" | "removed"; text: string }[];
}

/** Lines taken away and added at most: with more the search for the fewest would take minutes, and the file counts as written anew. */
const maxEditLength = 1_500;

/** Files by name; changed ones are not put first, so that nothing jumps while one goes from step to step. */
export function memoryDifference(before: FilesByName, after: FilesByName): FileLines[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().map((file) => {
    const old = before.get(file);
    const now = after.get(file);
    const change = old === undefined ? "new" : now === undefined ? "removed" : old === now ? "same" : "changed";
    return { file, change, lines: linesOf(old ?? "", now ?? "") };
  });
}

function linesOf(old: string, now: string): FileLines["lines"] {
  if (old === now) return split(now).map((text) => ({ kind: "same" as const, text }));
  const parts = diffLines(old, now, { maxEditLength, ignoreNewlineAtEof: true }) ?? [
    { value: old, removed: true, added: false },
    { value: now, removed: false, added: true },
  ];
  return parts.flatMap(({ value, added, removed }) =>
    split(value).map((text) => ({
      kind: added ? ("added" as const) : removed ? ("removed" as const) : ("same" as const),
      text,
    })),
  );
}

function split(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
