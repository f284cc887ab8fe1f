/** Where the segments of an episode's trace are: blobs of its record, or files of its journal. One interface over both. */
import { StoreError } from "../core/errors.ts";
import type { EpisodeRecord } from "../core/records.ts";
import type { BlobStore } from "./blobs.ts";
import { listParts, readPart } from "./journal-parts.ts";
import { decodeSegment, type Segment, segmentTexts, stepsPerSegment } from "./segment.ts";

export interface TraceSource {
  /** Segments there are now. */
  count(): number;
  /** The segment that holds a step, whether or not the step was played. */
  segmentOf(stepIndex: number): number;
  /** Reads one segment. `undefined` if it has no whole line yet. Throws `StoreError`. */
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
    load: async (segment) => {
      const part = trace[segment];
      if (part === undefined) return undefined;
      return decodeSegment(segmentTexts(await blobs.getText(part.blob)), `blob ${part.blob}`);
    },
  };
}

/** Of an episode under way. Each call looks at the files anew, since another process may be writing them. */
export function journalTrace(folder: string): TraceSource {
  return {
    count: () => listParts(folder).length,
    segmentOf: (stepIndex) => Math.floor(stepIndex / stepsPerSegment),
    load: async (segment) => {
      try {
        return loadPart(folder, segment);
      } catch (cause) {
        // The writer may have sealed the segment between the look at the folder and the reading of the file.
        if (!(cause instanceof StoreError && cause.code === "missing-file")) throw cause;
        return loadPart(folder, segment);
      }
    },
  };
}

function loadPart(folder: string, segment: number): Segment | undefined {
  const parts = listParts(folder);
  const part = parts[segment];
  if (part === undefined) return undefined;
  const { texts } = readPart(part, part === parts.at(-1));
  return texts.length === 0 ? undefined : decodeSegment(texts, part.path);
}
