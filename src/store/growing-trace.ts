/** The trace of an episode under way; another process may be writing it. Whoever keeps one and asks again pays for what is new. */
import { StoreError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { GrowingSegment } from "./growing-segment.ts";
import { JournalLook } from "./journal-look.ts";
import { type JournalPart, readPart } from "./journal-parts.ts";
import { decodeSegment, type Segment, stepsPerSegment } from "./segment.ts";
import type { TraceSource } from "./trace-source.ts";

export class GrowingTrace implements TraceSource {
  readonly #look: JournalLook;
  /** By segment, of parts that are not sealed. */
  readonly #growing = new Map<number, GrowingSegment>();

  /** Of a journal's folder. */
  constructor(folder: string) {
    this.#look = new JournalLook(folder);
  }

  count(): number {
    return this.#look.parts().length;
  }

  segmentOf(stepIndex: number): number {
    return Math.floor(stepIndex / stepsPerSegment);
  }

  blobOf(segment: number): Hash | undefined {
    return this.#look.known[segment]?.sealed;
  }

  async load(segment: number): Promise<Segment | undefined> {
    try {
      return this.#read(this.#look.parts(), segment);
    } catch (cause) {
      // The writer may have sealed the segment between the look at the folder and the reading of the file.
      if (!(cause instanceof StoreError && cause.code === "missing-file")) throw cause;
      return this.#read(this.#look.list(), segment);
    }
  }

  #read(parts: readonly JournalPart[], segment: number): Segment | undefined {
    const part = parts[segment];
    if (part === undefined || part.sealed !== undefined) {
      this.#growing.delete(segment);
      return part && decodeSegment(readPart(part, false).texts, part.path);
    }
    const growing = this.#growing.get(segment) ?? new GrowingSegment(part.path);
    this.#growing.set(segment, growing);
    return growing.read(part !== parts.at(-1));
  }
}
