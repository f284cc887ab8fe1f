/**
 * The parts of a journal that another process may be writing. A look is two questions to the file system while the episode stays in its segment,
 * however long it is.
 */
import { type JournalPart, listParts, livePath } from "./journal-parts.ts";
import { fileIdentity } from "./line-follower.ts";

export class JournalLook {
  readonly #folder: string;
  #parts: JournalPart[] = [];
  /** Of the last part. An attempt that was begun anew has other files, of the same names perhaps. */
  #file: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** As of the last look. */
  get known(): readonly JournalPart[] {
    return this.#parts;
  }

  /** As they are now; one that was sealed since may still be told as it was. Throws `StoreError`. */
  parts(): readonly JournalPart[] {
    const last = this.#parts.at(-1);
    const stays =
      last !== undefined &&
      last.sealed === undefined &&
      this.#file !== undefined &&
      fileIdentity(last.path) === this.#file &&
      fileIdentity(livePath(this.#folder, last.segment + 1)) === undefined;
    return stays ? this.#parts : this.list();
  }

  /** The same, listed anew. */
  list(): readonly JournalPart[] {
    this.#parts = listParts(this.#folder);
    const last = this.#parts.at(-1);
    this.#file = last && fileIdentity(last.path);
    return this.#parts;
  }
}
