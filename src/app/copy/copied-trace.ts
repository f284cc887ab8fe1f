/** The trace of an episode in a static copy: what stands in its files, and how it is read as any other trace. Pure: runs in the browser. */
import * as v from "valibot";
import { EpisodeReader } from "../../store/episode-reader.ts";
import { decodeSegment, type Segment } from "../../store/segment.ts";

/** What is known of a copied episode before any part of it is read. */
export const CopiedTrace = v.strictObject({
  schema: v.literal("automem.copied-trace/1"),
  steps: v.number(),
  ended: v.boolean(),
  /** First step of each segment; each is a file of its own. */
  firstSteps: v.array(v.number()),
  /** Steps that a point of each drawing of the whole time line stands for, coarsest first; empty where the columns do. */
  levels: v.array(v.number()),
  /** Steps from one picture to the next; null where there are none, and then why. */
  pictures: v.strictObject({ every: v.nullable(v.number()), why: v.string() }),
});
export type CopiedTrace = v.InferOutput<typeof CopiedTrace>;

/** A segment's file: the lines of its blob. */
export const CopiedSegment = v.strictObject({ lines: v.array(v.string()) });
export type CopiedSegment = v.InferOutput<typeof CopiedSegment>;

/** `load` reads a segment. */
export function copiedReader(
  { firstSteps }: CopiedTrace,
  load: (segment: number) => Promise<Segment | undefined>,
): EpisodeReader {
  return new EpisodeReader({
    count: () => firstSteps.length,
    segmentOf: (step) =>
      Math.max(
        0,
        firstSteps.findLastIndex((first) => first <= step),
      ),
    blobOf: () => undefined,
    load,
  });
}

/** Throws `StoreError` `corrupt-journal`. */
export function readCopiedSegment(value: unknown, where: string): Segment {
  return decodeSegment(v.parse(CopiedSegment, value).lines, where);
}
