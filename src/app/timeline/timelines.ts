/**
 * Time lines of episodes, made while they are asked for. The columns of a finished segment never change, so they are kept by the hash of the
 * segment's blob in AUTOMEM_HOME/cache/timelines, which can be deleted. A long episode's are made a few at a time, from coarse to fine, so
 * that what is drawn first is of the whole.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as v from "valibot";
import type { Hash } from "../../core/hash.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import { stepsPerSegment } from "../../store/segment.ts";
import { SteppedSegment } from "../../store/segment-steps.ts";
import { recordedTrace, type TraceSource } from "../../store/trace-source.ts";
import type { App } from "../app.ts";
import type { EpisodeReaders } from "../episode/readers.ts";
import { columnSchemas, columnsOf, SegmentColumns } from "./columns.ts";
import { type DrawnEpisode, KeptDrawings } from "./kept-drawings.ts";
import { type TimelineWindow, windowOf } from "./window.ts";

export interface TimelineRequest {
  fromStep: number;
  /** Not included; absent: to the end. */
  toStep?: number | undefined;
  /** At most; where `stepsPerPoint` is given, it says how many. */
  points: number;
  /** As in an answer before, so that this one can be put behind it. */
  stepsPerPoint?: number | undefined;
}

export interface Timeline {
  /** Steps so far. */
  steps: number;
  ended: boolean;
  /** Segments of the stretch whose columns are drawn, and how many it has; fewer: ask again. */
  known: number;
  segments: number;
  window: TimelineWindow;
}

/** Time spent on segments that are not in memory, for one answer; less for the first one, so that there is something to look at. */
const patienceMs = 250;
const firstPatienceMs = 100;
/** Segments held in memory, of all episodes. */
const heldSegments = 4_096;
/** An episode of fewer segments is drawn as fast as a drawing is read. */
const fewestKept = 16;

export class Timelines {
  readonly #app: App;
  readonly #readers: EpisodeReaders;
  readonly #drawings: KeptDrawings;
  /** By blob, in order of use. */
  readonly #held = new Map<Hash, SegmentColumns>();

  constructor(app: App, readers: EpisodeReaders) {
    this.#app = app;
    this.#readers = readers;
    this.#drawings = new KeptDrawings(app.home.cache);
  }

  /** Of `RUN/EPISODE`. Throws `ConfigError` as `EpisodeReaders.open` and `EpisodeReader.summary`. */
  async of(named: string, asked: TimelineRequest): Promise<Timeline> {
    const reader = await this.#readers.open(named);
    const { source, steps, ended } = await this.#traceOf(reader);
    // What was seen after the last action has a place of its own.
    const toStep = Math.max(1, Math.min(asked.toStep ?? steps + 1, steps + 1));
    const fromStep = Math.min(Math.max(0, asked.fromStep), toStep - 1);
    const stretch = { ...asked, fromStep, toStep };
    const whole = ended && fromStep === 0 && toStep === steps + 1 ? wholeOf(source, stretch) : undefined;
    const kept = whole && (await this.#drawings.read(whole));
    if (kept !== undefined) return { steps, ended, known: source.count(), segments: source.count(), window: kept };
    const columns = await this.#columns(source, fromStep, toStep);
    const known = columns.filter((segment) => segment !== undefined).length;
    const window = windowOf(columns, stretch);
    if (whole !== undefined && known === source.count()) await this.#drawings.keep(whole, window);
    return { steps, ended, known, segments: columns.length, window };
  }

  /**
   * How far it has come, and its segments. Those of a finished episode are read without being held, or they would take the place of those that
   * someone looks at.
   */
  async #traceOf(reader: EpisodeReader): Promise<{ source: TraceSource; steps: number; ended: boolean }> {
    const { record, source } = reader;
    if (record === undefined) {
      const { steps, end } = await reader.summary();
      return { source, steps, ended: end !== undefined };
    }
    const { blobs } = await this.#app.store();
    return {
      source: recordedTrace(record, blobs),
      steps: Math.min(record.end.steps, record.trace.length * stepsPerSegment),
      ended: true,
    };
  }

  /** Of the segments that have steps of the stretch, in order; `undefined` where they are not made yet. */
  async #columns(source: TraceSource, fromStep: number, toStep: number): Promise<(SegmentColumns | undefined)[]> {
    const startMs = this.#app.clock.monotonicMs();
    const first = source.segmentOf(fromStep);
    const last = Math.min(source.segmentOf(toStep - 1), source.count() - 1);
    const columns: (SegmentColumns | undefined)[] = new Array(Math.max(0, last - first + 1));
    let missing = 0;
    for (let place = 0; place < columns.length; place++) {
      const blob = source.blobOf(first + place);
      columns[place] = blob === undefined ? undefined : this.#use(blob);
      if (columns[place] === undefined) missing += 1;
    }
    const mostMs = missing === columns.length ? firstPatienceMs : patienceMs;
    for (const place of coarseToFine(columns.length)) {
      if (columns[place] !== undefined) continue;
      const blob = source.blobOf(first + place);
      // That of an episode under way is always read: it grows.
      if (blob === undefined || this.#app.clock.monotonicMs() - startMs < mostMs)
        columns[place] = await this.#read(source, first + place, blob);
    }
    // One that was just begun has no line yet.
    if (source.blobOf(first + columns.length - 1) === undefined && columns.at(-1) === undefined) columns.pop();
    return columns;
  }

  /** From memory. */
  #use(blob: Hash): SegmentColumns | undefined {
    const held = this.#held.get(blob);
    if (held === undefined) return undefined;
    this.#held.delete(blob);
    this.#held.set(blob, held);
    return held;
  }

  /** From the folder of columns, or made of the trace. */
  async #read(source: TraceSource, index: number, blob: Hash | undefined): Promise<SegmentColumns | undefined> {
    if (blob === undefined) return made(source, index);
    const kept = await readColumns(this.#path(blob));
    const columns = kept ?? (await made(source, index));
    if (columns === undefined) return undefined;
    this.#hold(blob, columns);
    if (kept === undefined) await this.#keep(blob, columns);
    return columns;
  }

  async #keep(blob: Hash, columns: SegmentColumns): Promise<void> {
    await writeAtomic(this.#path(blob), zstdCompressSync(JSON.stringify(columns)), { durable: false });
  }

  #hold(blob: Hash, columns: SegmentColumns): void {
    this.#held.set(blob, columns);
    const [oldest] = this.#held.keys();
    if (this.#held.size > heldSegments && oldest !== undefined) this.#held.delete(oldest);
  }

  #path(blob: Hash): string {
    return join(this.#app.home.cache, "timelines", blob.slice(0, 2), blob);
  }
}

/** What its drawing is kept as; `undefined` for an answer that is to fit another one, and for a short episode. */
function wholeOf(source: TraceSource, { toStep, points, stepsPerPoint }: TimelineRequest & { toStep: number }) {
  if (stepsPerPoint !== undefined || source.count() < fewestKept) return undefined;
  const blobs: Hash[] = [];
  for (let index = 0; index < source.count(); index++) blobs.push(source.blobOf(index)!);
  return { blobs, toStep, points } satisfies DrawnEpisode;
}

/** All numbers below `count`: first every 256th, then those half way between, and so on. */
export function* coarseToFine(count: number): Generator<number> {
  const coarsest = 256;
  for (let stride = coarsest; stride >= 1; stride /= 2) {
    for (let index = 0; index < count; index += stride) {
      if (stride === coarsest || index % (2 * stride) !== 0) yield index;
    }
  }
}

async function made(source: TraceSource, index: number): Promise<SegmentColumns | undefined> {
  const segment = await source.load(index);
  if (segment === undefined) return undefined;
  if (!(segment instanceof SteppedSegment)) return columnsOf(segment);
  return columnsOf({ start: segment.start, entries: segment.parts(columnSchemas) });
}

/** `undefined` for what is not there, damaged, or of another automem: it is made anew. */
async function readColumns(path: string): Promise<SegmentColumns | undefined> {
  try {
    const parsed = v.safeParse(SegmentColumns, JSON.parse(zstdDecompressSync(await readFile(path)).toString()));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
