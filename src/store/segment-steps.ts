/**
 * A segment of which only what is asked for is read: whoever scrubs through an episode looks at one step of each segment on the way. The lines up
 * to the step are parsed, since texts refer to earlier lines; only the step's own entries, and the writes before it, pass their schema.
 */
import * as v from "valibot";
import type { JournalEntry } from "../core/journal.ts";
import { applyEntry, type FilesByName } from "../core/journal-files.ts";
import { readEntry, readStart, type Segment, type SegmentStart } from "./segment.ts";
import { TraceDecoder } from "./text-table.ts";

/** Values of lines behind the first one, in order; the entry takes the place of the bare value once it passed its schema. */
type Line = { entry: JournalEntry } | { value: unknown };
/** Fields of entries, chosen from a schema of `core/journal.ts`. */
export type PartSchema = v.GenericSchema;

export class SteppedSegment implements Segment {
  readonly start: SegmentStart;
  readonly #where: string;
  readonly #decoder = new TraceDecoder();
  /** Texts that are not parsed yet begin at `#next`. */
  #texts: readonly string[];
  #next = 1;
  readonly #lines: Line[] = [];
  /** Step of the last line that has one, and where the lines of each step begin and end. */
  #lastStep = -1;
  readonly #places = new Map<number, { from: number; to: number }>();
  #fault: unknown;

  /** `texts` as in `decodeSegment`; `where` names the segment for messages. Throws `StoreError` `corrupt-journal` if the first line is no start. */
  constructor(texts: readonly string[], where: string) {
    this.#texts = texts;
    this.#where = where;
    this.start = readStart(texts[0] === undefined ? undefined : this.#decoder.decode(texts[0]), where);
  }

  /** All of them, read now. Throws `StoreError` `corrupt-journal`, as do the other looks, for the lines that they read. */
  get entries(): JournalEntry[] {
    this.#parseTo(Number.POSITIVE_INFINITY);
    return this.#lines.map((_, index) => this.#entry(index));
  }

  /**
   * Fields of the entries of some kinds, in order; entries of other kinds are left out. `schemas` by kind. What is not wanted of an entry is not
   * checked. Throws `StoreError` `corrupt-journal`.
   */
  *parts<Schema extends PartSchema>(schemas: ReadonlyMap<unknown, Schema>): Generator<v.InferOutput<Schema>> {
    this.#parseTo(Number.POSITIVE_INFINITY);
    for (const [index, line] of this.#lines.entries()) {
      const schema = schemas.get(field(line, "kind"));
      if (schema === undefined) continue;
      const part = v.safeParse(schema, "entry" in line ? line.entry : line.value);
      // The whole entry's own schema says best what is wrong.
      yield part.success ? part.output : v.parse(schema, this.#entry(index));
    }
  }

  /** Those of one step, in order. */
  entriesOf(stepIndex: number): JournalEntry[] {
    this.#parseTo(stepIndex);
    const { from, to } = this.#places.get(stepIndex) ?? { from: 0, to: 0 };
    return this.#lines.slice(from, to).flatMap((line, offset) => {
      return isOf(line, stepIndex) ? [this.#entry(from + offset)] : [];
    });
  }

  /** The memory folder when the step ended, or as it is. */
  filesAt(stepIndex: number): FilesByName {
    this.#parseTo(stepIndex);
    const files: FilesByName = new Map(this.start.files);
    for (const [index, line] of this.#lines.entries()) {
      if ((stepOf(line) ?? -1) > stepIndex) break;
      if (changesFiles(line)) applyEntry(files, this.#entry(index));
    }
    return files;
  }

  /** Parses up to the first line of a later step, or all. */
  #parseTo(stepIndex: number): void {
    // A text table that missed a line would give other texts: it is not gone on with.
    if (this.#fault !== undefined) throw this.#fault;
    try {
      while (this.#lastStep <= stepIndex && this.#next < this.#texts.length) this.#parseLine(this.#texts[this.#next]!);
    } catch (fault) {
      this.#fault = fault;
      throw fault;
    }
    if (this.#next === this.#texts.length) {
      this.#texts = [];
      this.#next = 0;
    }
  }

  #parseLine(text: string): void {
    const line: Line = { value: this.#decoder.decode(text) };
    const index = this.#lines.push(line) - 1;
    this.#next += 1;
    const step = stepOf(line);
    if (step === undefined) return;
    this.#lastStep = Math.max(this.#lastStep, step);
    this.#places.set(step, { from: this.#places.get(step)?.from ?? index, to: index + 1 });
  }

  #entry(index: number): JournalEntry {
    const line = this.#lines[index]!;
    if ("entry" in line) return line.entry;
    const entry = readEntry(line.value, index + 2, this.#where);
    this.#lines[index] = { entry };
    return entry;
  }
}

/** Those of one step, in order; a segment that is whole in memory is looked through. */
export function entriesOfStep(segment: Segment, stepIndex: number): JournalEntry[] {
  if (segment instanceof SteppedSegment) return segment.entriesOf(stepIndex);
  return segment.entries.filter((entry) => "stepIndex" in entry && entry.stepIndex === stepIndex);
}

/** The memory folder when the step ended, or as it is. */
export function filesAtStep(segment: Segment, stepIndex: number): FilesByName {
  if (segment instanceof SteppedSegment) return segment.filesAt(stepIndex);
  const files: FilesByName = new Map(segment.start.files);
  for (const entry of segment.entries) {
    if ("stepIndex" in entry && entry.stepIndex > stepIndex) break;
    applyEntry(files, entry);
  }
  return files;
}

function stepOf(line: Line): number | undefined {
  const step = field(line, "stepIndex");
  return typeof step === "number" ? step : undefined;
}

function isOf(line: Line, stepIndex: number): boolean {
  return stepOf(line) === stepIndex;
}

function changesFiles(line: Line): boolean {
  return field(line, "writes") !== undefined || field(line, "kind") === "episode-start";
}

function field(line: Line, name: string): unknown {
  const value = "entry" in line ? line.entry : line.value;
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
