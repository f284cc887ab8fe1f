/**
 * Changes to memory files as the journal keeps them, and the folder rebuilt from them.
 * The journal is the truth: the files at any step are the start files with every change up to there applied.
 */
import type { JournalEntry, OperationEntry } from "../core/journal.ts";

/** One change that took effect. `append`: `text` was added at the very end, byte for byte. `remove`: `text` is empty. */
export type FileChange = NonNullable<OperationEntry["writes"]>[number];

/** The files after the writes of one operation; `files` itself is left as it is. */
export function applyWrites(
  files: ReadonlyMap<string, string>,
  entry: Pick<OperationEntry, "writes">,
): ReadonlyMap<string, string> {
  if (entry.writes === undefined || entry.writes.length === 0) return files;
  const next = new Map(files);
  for (const { file, change, text } of entry.writes) {
    if (change === "remove") next.delete(file);
    else next.set(file, change === "append" ? (next.get(file) ?? "") + text : text);
  }
  return next;
}

/** The files as they stood when step `stepIndex` ended (the last step by default). Empty before the `episode-start` entry. */
export function memoryAtStep(
  entries: Iterable<JournalEntry>,
  stepIndex = Number.POSITIVE_INFINITY,
): Map<string, string> {
  let files: ReadonlyMap<string, string> = new Map();
  for (const entry of entries) {
    if (entry.kind === "episode-start") files = new Map(Object.entries(entry.files));
    else if (entry.kind === "operation" && entry.stepIndex <= stepIndex) files = applyWrites(files, entry);
  }
  return new Map(files);
}
