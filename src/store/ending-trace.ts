/**
 * The trace of an episode that may end while it is read: its journal goes when its record is there (finish.ts), and from then on the record is
 * read, whose segments are the same ones.
 */
import { StoreError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import type { Segment } from "./segment.ts";
import type { TraceSource } from "./trace-source.ts";

/** The trace of the episode's record, once there is one. */
export type FindRecorded = () => Promise<TraceSource | undefined>;

export class EndingTrace implements TraceSource {
  readonly #journal: TraceSource;
  readonly #findRecorded: FindRecorded;
  #recorded: TraceSource | undefined;
  /** Segments that there were at the last look: there are no fewer while the journal goes. */
  #seen = 0;

  /** For one read of an episode: an attempt that is begun anew has fewer segments than this one remembers. */
  constructor(journal: TraceSource, findRecorded: FindRecorded) {
    this.#journal = journal;
    this.#findRecorded = findRecorded;
  }

  count(): number {
    if (this.#recorded !== undefined) return this.#recorded.count();
    try {
      this.#seen = Math.max(this.#seen, this.#journal.count());
    } catch (cause) {
      if (!isPassing(cause)) throw cause;
    }
    return this.#seen;
  }

  segmentOf(stepIndex: number): number {
    return (this.#recorded ?? this.#journal).segmentOf(stepIndex);
  }

  blobOf(segment: number): Hash | undefined {
    return (this.#recorded ?? this.#journal).blobOf(segment);
  }

  async load(segment: number): Promise<Segment | undefined> {
    if (this.#recorded !== undefined) return this.#recorded.load(segment);
    let fault: unknown;
    try {
      const loaded = await this.#journal.load(segment);
      if (loaded !== undefined) return loaded;
    } catch (cause) {
      if (!isPassing(cause)) throw cause;
      fault = cause;
    }
    this.#recorded = await this.#findRecorded();
    if (this.#recorded !== undefined) return this.#recorded.load(segment);
    if (fault !== undefined) throw fault;
    return undefined;
  }
}

/** Whether a fault is one that a reader meets for a moment while the writer turns the journal into a record. */
export function isPassing(cause: unknown): boolean {
  return cause instanceof StoreError && (cause.code === "missing-file" || cause.code === "damaged-journal");
}
