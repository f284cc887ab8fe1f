/** A file of journal lines (journal-line.ts) that another process may be adding to, read on from where the last look ended: a look costs what is new. */
import { type BigIntStats, closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { storeFault } from "./fault.ts";
import { parseLines } from "./journal-line.ts";
import { damagedLine } from "./journal-parts.ts";

export interface NewLines {
  /** JSON texts of the lines that came since the last look, in order. */
  texts: string[];
  /** True if it is another file than before: what its lines said is to be forgotten. */
  begun: boolean;
}

export class LineFollower {
  readonly #path: string;
  #file: string | undefined;
  #soundBytes = 0;
  #lines = 0;
  #checksum = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * A torn tail is left for the next look, for it may be a write that is not at its end yet; in a file that is `whole` it is damage.
   * Throws `StoreError`: `damaged-journal`, `missing-file`.
   */
  read(whole = false): NewLines {
    const before = this.#file;
    const bytes = this.#news();
    const { damage, texts, soundBytes, checksum } = parseLines(bytes, this.#checksum);
    if (damage !== undefined && (damage.kind === "damaged-middle" || whole)) {
      throw damagedLine(this.#path, this.#lines + damage.line);
    }
    this.#soundBytes += soundBytes;
    this.#lines += texts.length;
    this.#checksum = checksum;
    return { texts, begun: this.#file !== before };
  }

  /** What was read is read again. */
  forget(): void {
    this.#begin(undefined);
  }

  /** The bytes behind those that were read. */
  #news(): Uint8Array {
    try {
      const file = openSync(this.#path, "r");
      try {
        const found = fstatSync(file, { bigint: true });
        const size = Number(found.size);
        if (identity(found) !== this.#file || size < this.#soundBytes) this.#begin(identity(found));
        const bytes = new Uint8Array(size - this.#soundBytes);
        const read = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, this.#soundBytes);
        return bytes.subarray(0, read);
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      throw storeFault(cause, "read the journal", this.#path);
    }
  }

  #begin(file: string | undefined): void {
    this.#file = file;
    this.#soundBytes = 0;
    this.#lines = 0;
    this.#checksum = 0;
  }
}

/** Tells a file from others of the same name; `undefined` if there is none. */
export function fileIdentity(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && identity(found);
}

/** The number of a file alone is given again once the file is gone. */
function identity({ ino, birthtimeNs }: Pick<BigIntStats, "ino" | "birthtimeNs">): string {
  return `${ino} ${birthtimeNs}`;
}
