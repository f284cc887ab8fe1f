/** The file that an episode under way is written to, read on from where the last look ended: a look costs what is new, not what is there. */
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { storeFault } from "./fault.ts";
import { parseLines } from "./journal-line.ts";
import { damagedLine } from "./journal-parts.ts";
import { type Segment, SegmentDecoder } from "./segment.ts";

export class GrowingSegment {
  readonly #path: string;
  #decoder: SegmentDecoder;
  /** Another file of the same name is read from its start. */
  #file: string | undefined;
  #soundBytes = 0;
  #lines = 0;
  #checksum = 0;

  constructor(path: string) {
    this.#path = path;
    this.#decoder = new SegmentDecoder(path);
  }

  /**
   * What is there now; `undefined` while it has no whole line. A torn tail is left out, for it may be a write that is not at its end yet; in a
   * file that is `whole` it is damage. The entries are the caller's own list. Throws `StoreError`: `damaged-journal`, `corrupt-journal`,
   * `missing-file`.
   */
  read(whole: boolean): Segment | undefined {
    const { damage, texts, soundBytes, checksum } = parseLines(this.#news(), this.#checksum);
    if (damage !== undefined && (damage.kind === "damaged-middle" || whole)) {
      throw damagedLine(this.#path, this.#lines + damage.line);
    }
    this.#take(texts);
    this.#soundBytes += soundBytes;
    this.#lines += texts.length;
    this.#checksum = checksum;
    const { segment } = this.#decoder;
    return segment && { start: segment.start, entries: [...segment.entries] };
  }

  #take(texts: readonly string[]): void {
    try {
      this.#decoder.add(texts);
    } catch (fault) {
      this.#begin(undefined);
      throw fault;
    }
  }

  /** The bytes behind those that were read. */
  #news(): Uint8Array {
    try {
      const file = openSync(this.#path, "r");
      try {
        const found = fstatSync(file, { bigint: true });
        const size = Number(found.size);
        if (fileIdentity(found) !== this.#file || size < this.#soundBytes) this.#begin(fileIdentity(found));
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
    this.#decoder = new SegmentDecoder(this.#path);
    this.#soundBytes = 0;
    this.#lines = 0;
    this.#checksum = 0;
  }
}

/** A number of a file alone is given again once the file is gone. */
export function fileIdentity({ ino, birthtimeNs }: Pick<BigIntStats, "ino" | "birthtimeNs">): string {
  return `${ino} ${birthtimeNs}`;
}
