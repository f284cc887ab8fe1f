/** Which files of memory the model made use of: read or searched (READ, SEARCH, TAIL, a scaffold's own reads), or shown whole in a prompt. */
import type { CallEntry, OperationEntry } from "../../core/journal.ts";
import type { FilesByName } from "../../core/journal-files.ts";

export class UsedFiles {
  readonly #used = new Set<string>();

  addOperation({ actor, name, arguments: words, status, writes }: OperationEntry, files: FilesByName): void {
    const looked = status === "ok" || status === "empty";
    // COUNT says how long a file is, and nothing of what it says.
    if (actor !== "model" || !looked || writes !== undefined || name === "COUNT") return;
    for (const word of words) if (files.has(word)) this.#used.add(word);
  }

  addCall({ added }: CallEntry, files: FilesByName): void {
    for (const [name, text] of files) {
      if (this.#used.has(name)) continue;
      const whole = text.trim();
      if (whole !== "" && added.some(({ content }) => content.includes(whole))) this.#used.add(name);
    }
  }

  /** In order of name. */
  unused(files: FilesByName): string[] {
    return [...files.keys()].filter((name) => !this.#used.has(name)).sort();
  }
}
