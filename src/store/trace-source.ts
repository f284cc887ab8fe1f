/** Where the segments of an episode's trace are: blobs of its record, or files of its journal (growing-trace.ts). One interface over both. */
import type { Hash } from "../core/hash.ts";
import type { EpisodeRecord } from "../core/records.ts";
import type { BlobStore } from "./blobs.ts";
import { type Segment, segmentTexts } from "./segment.ts";
import { SteppedSegment } from "./segment-steps.ts";

export interface TraceSource {
  /** Segments there are now. */
  count(): number;
  /** The segment that holds a step, whether or not the step was played. */
  segmentOf(stepIndex: number): number;
  /** Hash of the segment's content, once it cannot change any more. */
  blobOf(segment: number): Hash | undefined;
  /** One segment. `undefined` if it has no whole line yet. Throws `StoreError`; what its lines hold may be read later (segment-steps.ts). */
  load(segment: number): Promise<Segment | undefined>;
}

/** Of a finished episode. */
export function recordedTrace(record: EpisodeRecord, blobs: BlobStore): TraceSource {
  const { trace } = record;
  return {
    count: () => trace.length,
    segmentOf: (stepIndex) => {
      const found = trace.findLastIndex(({ firstStep }) => firstStep <= stepIndex);
      return Math.max(0, found);
    },
    blobOf: (segment) => trace[segment]?.blob,
    load: async (segment) => {
      const part = trace[segment];
      if (part === undefined) return undefined;
      return new SteppedSegment(segmentTexts(await blobs.getText(part.blob)), `blob ${part.blob}`);
    },
  };
}
