/**
 * A trace is cut into segments of 256 steps, each readable without the others: it opens with the memory folder as it stood, and has a text
 * table of its own. As a blob it is JSON lines without checksums (the blob's hash does that).
 */
import * as v from "valibot";
import { StoreError } from "../core/errors.ts";
import { JournalEntry } from "../core/journal.ts";
import type { FilesByName } from "../core/journal-files.ts";
import { TraceDecoder } from "./text-table.ts";

/** Steps `256 k` to `256 k + 255` stand in segment `k`; entries without a step stand where they were made. */
export const stepsPerSegment = 256;

/** First line of a segment. `files` is the memory folder before its first step, in pairs so that any name is safe. */
export const SegmentStart = v.strictObject({
  kind: v.literal("segment-start"),
  segment: v.number(),
  firstStep: v.number(),
  files: v.array(v.tuple([v.string(), v.string()])),
});
export type SegmentStart = v.InferOutput<typeof SegmentStart>;

/** A segment in memory: its first line and its entries, in order. */
export interface Segment {
  readonly start: SegmentStart;
  /** Of one that reads what is asked for (segment-steps.ts): read at the first look. */
  readonly entries: JournalEntry[];
}

export function segmentStart(segment: number, files: FilesByName): SegmentStart {
  const pairs = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return { kind: "segment-start", segment, firstStep: segment * stepsPerSegment, files: pairs };
}

/** The segment an entry belongs to, given the one its predecessor stands in. */
export function segmentOf(entry: JournalEntry, present: number): number {
  return "stepIndex" in entry ? Math.max(present, Math.floor(entry.stepIndex / stepsPerSegment)) : present;
}

/** Text of a segment's blob. */
export function segmentBlob(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

/** Lines of a segment's blob. */
export function segmentTexts(blob: string): string[] {
  return blob.split("\n").slice(0, -1);
}

/** Reads a segment's lines. `where` names it for the message. Throws `StoreError` `corrupt-journal`. */
export function decodeSegment(texts: readonly string[], where: string): Segment {
  const decoder = new SegmentDecoder(where);
  decoder.add(texts);
  const { segment } = decoder;
  if (segment === undefined) throw corrupt(where, "it is empty");
  return segment;
}

/** Reads a segment's lines as they come. */
export class SegmentDecoder {
  readonly #where: string;
  readonly #decoder = new TraceDecoder();
  #segment: Segment | undefined;

  /** `where` names the segment for messages. */
  constructor(where: string) {
    this.#where = where;
  }

  /** What was read so far; `undefined` before its first line. It grows. */
  get segment(): Segment | undefined {
    return this.#segment;
  }

  /** The next lines, in order. Throws `StoreError` `corrupt-journal`, after which it takes nothing more. */
  add(texts: readonly string[]): void {
    for (const text of texts) {
      const value = this.#decoder.decode(text);
      if (this.#segment === undefined) this.#segment = { start: readStart(value, this.#where), entries: [] };
      else this.#segment.entries.push(readEntry(value, this.#segment.entries.length + 2, this.#where));
    }
  }
}

/** A segment's first line. Throws `StoreError` `corrupt-journal`. */
export function readStart(value: unknown, where: string): SegmentStart {
  const start = v.safeParse(SegmentStart, value);
  if (start.success) return start.output;
  throw corrupt(where, `line 1 is not a segment's start: ${start.issues[0].message}`);
}

/** By kind: asking each schema of the variant in turn whether a kind is its own takes longer than reading the entry. */
const schemas: ReadonlyMap<unknown, (typeof JournalEntry.options)[number]> = new Map(
  JournalEntry.options.map((schema) => [schema.entries.kind.literal, schema]),
);

/** `line` counts from 1, the segment's start among them. Throws `StoreError` `corrupt-journal`. */
export function readEntry(value: unknown, line: number, where: string): JournalEntry {
  const schema = schemas.get((value as { kind?: unknown } | null)?.kind) ?? JournalEntry;
  const entry = v.safeParse(schema, value);
  if (entry.success) return entry.output;
  const place = v.getDotPath(entry.issues[0]);
  throw corrupt(where, `line ${line} is not an entry${place ? ` at ${place}` : ""}: ${entry.issues[0].message}`);
}

function corrupt(where: string, found: string): StoreError {
  return new StoreError(
    `The trace segment ${where} cannot be read: ${found}. It may be of a newer automem, or corrupted.`,
    {
      code: "corrupt-journal",
      data: { where },
    },
  );
}
