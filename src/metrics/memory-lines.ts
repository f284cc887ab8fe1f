/** The lines that stand in memory, counted over all files, kept up to date write by write: to tell what a write repeats. */

import type { OperationEntry } from "../core/journal.ts";
import type { FilesByName } from "../core/journal-files.ts";
import { applyWrites } from "../core/journal-files.ts";

type Write = NonNullable<OperationEntry["writes"]>[number];

export class MemoryLines {
  readonly #files: FilesByName = new Map();
  readonly #counts = new Map<string, number>();
  #characters = 0;

  /** UTF-16 code units in all files. */
  get characters(): number {
    return this.#characters;
  }

  /** True if a line equal to `normalLine(line)` stands in any file. */
  has(normal: string): boolean {
    return this.#counts.has(normal);
  }

  /** Normalised lines of one file. */
  linesOf(file: string): string[] {
    return normalLines(this.#files.get(file) ?? "");
  }

  apply(write: Write): void {
    const before = this.#files.get(write.file) ?? "";
    applyWrites(this.#files, [write]);
    const after = this.#files.get(write.file) ?? "";
    this.#characters += after.length - before.length;
    // An append changes the last line at most; the lines before it need no second look.
    const same = write.change === "append" ? before.lastIndexOf("\n") + 1 : 0;
    for (const line of normalLines(before.slice(same))) this.#count(line, -1);
    for (const line of normalLines(after.slice(same))) this.#count(line, 1);
  }

  #count(line: string, change: number): void {
    const count = (this.#counts.get(line) ?? 0) + change;
    if (count === 0) this.#counts.delete(line);
    else this.#counts.set(line, count);
  }
}

/** The non-empty lines of a text, without outer space, inner space as single spaces, in lower case. */
export function normalLines(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const normal = line.replaceAll(/\s+/g, " ").trim().toLowerCase();
    return normal === "" ? [] : [normal];
  });
}
