/**
 * The trace of an episode under way; another process may be writing it. Whoever keeps one and asks again pays for what is new: a look is two
 * questions to the file system while the episode stays in its segment, however long it is.
 */
import { statSync } from "node:fs";
import { StoreError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { fileIdentity, GrowingSegment } from "./growing-segment.ts";
import { type JournalPart, listParts, livePath, readPart } from "./journal-parts.ts";
import { decodeSegment, type Segment, stepsPerSegment } from "./segment.ts";
import type { TraceSource } from "./trace-source.ts";

export class GrowingTrace implements TraceSource {
  readonly #folder: string;
  #parts: JournalPart[] = [];
  /** Of the last part. */
  #file: string | undefined;
  /** By segment, of parts that are not sealed. */
  readonly #growing = new Map<number, GrowingSegment>();

  /** Of a journal's folder. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  count(): number {
    this.#look();
    return this.#parts.length;
  }

  segmentOf(stepIndex: number): number {
    return Math.floor(stepIndex / stepsPerSegment);
  }

  blobOf(segment: number): Hash | undefined {
    return this.#parts[segment]?.sealed;
  }

  async load(segment: number): Promise<Segment | undefined> {
    this.#look();
    try {
      return this.#read(segment);
    } catch (cause) {
      // The writer may have sealed the segment between the look at the folder and the reading of the file.
      if (!(cause instanceof StoreError && cause.code === "missing-file")) throw cause;
      this.#list();
      return this.#read(segment);
    }
  }

  /** An attempt that was begun anew has other files, of the same names perhaps. */
  #look(): void {
    const last = this.#parts.at(-1);
    const stays =
      last !== undefined &&
      last.sealed === undefined &&
      this.#file !== undefined &&
      identityOf(last.path) === this.#file &&
      identityOf(livePath(this.#folder, last.segment + 1)) === undefined;
    if (!stays) this.#list();
  }

  #list(): void {
    this.#parts = listParts(this.#folder);
    const last = this.#parts.at(-1);
    this.#file = last && identityOf(last.path);
    for (const segment of this.#growing.keys()) {
      const part = this.#parts[segment];
      if (part === undefined || part.sealed !== undefined) this.#growing.delete(segment);
    }
  }

  #read(segment: number): Segment | undefined {
    const part = this.#parts[segment];
    if (part === undefined) return undefined;
    if (part.sealed !== undefined) return decodeSegment(readPart(part, false).texts, part.path);
    const growing = this.#growing.get(segment) ?? new GrowingSegment(part.path);
    this.#growing.set(segment, growing);
    return growing.read(part !== this.#parts.at(-1));
  }
}

/** `undefined` if there is no such file. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && fileIdentity(found);
}
