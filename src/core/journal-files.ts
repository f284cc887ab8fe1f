/** The memory folder as the trace tells it: the files of a snapshot, changed by the writes of its operations. Pure. */
import type { JournalEntry, OperationEntry } from "./journal.ts";

/** File name to text. A `Map`, so that no file name can be mistaken for a property of objects. */
export type FilesByName = Map<string, string>;

/** One change that took effect. `append`: `text` was added at the very end, byte for byte. `remove`: `text` is empty. */
export type FileChange = NonNullable<OperationEntry["writes"]>[number];

/** Changes `files` as an operation that took effect did. */
export function applyWrites(files: FilesByName, writes: readonly FileChange[]): void {
  for (const { file, change, text } of writes) {
    if (change === "remove") files.delete(file);
    else files.set(file, change === "append" ? (files.get(file) ?? "") + text : text);
  }
}

/** Changes `files` by any entry: an episode's start sets them, an operation's writes change them, others do nothing. */
export function applyEntry(files: FilesByName, entry: JournalEntry): void {
  if (entry.kind === "operation" && entry.writes !== undefined) applyWrites(files, entry.writes);
  if (entry.kind !== "episode-start") return;
  files.clear();
  for (const [name, text] of Object.entries(entry.files)) files.set(name, text);
}
