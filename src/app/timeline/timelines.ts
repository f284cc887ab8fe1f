/**
 * Time lines of episodes, made while they are asked for. The columns of a finished segment never change, so they are kept by the hash of the
 * segment's blob in AUTOMEM_HOME/cache/timelines, which can be deleted. A long episode's are made a few at a time, from coarse to fine, so
 * that what is drawn first is of the whole.
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as v from "valibot";
import type { Hash } from "../../core/hash.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import type { TraceSource } from "../../store/trace-source.ts";
import type { App } from "../app.ts";
import type { EpisodeReaders } from "../episode/readers.ts";
import { columnsOf, SegmentColumns } from "./columns.ts";
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

/** Time spent on segments that are not in memory, for one answer. */
const patienceMs = 250;
/** Segments held in memory, of all episodes. */
const heldSegments = 4_096;

export class Timelines {
  readonly #app: App;
  readonly #readers: EpisodeReaders;
  /** By blob, in order of use. */
  readonly #held = new Map<Hash, SegmentColumns>();

  constructor(app: App, readers: EpisodeReaders) {
    this.#app = app;
    this.#readers = readers;
  }

  /** Of `RUN/EPISODE`. Throws `ConfigError` as `EpisodeReaders.open` and `EpisodeReader.summary`. */
  async of(named: string, { fromStep, toStep, points, stepsPerPoint }: TimelineRequest): Promise<Timeline> {
    const reader = await this.#readers.open(named);
    const { steps, end } = await reader.summary();
    // What was seen after the last action has a place of its own.
    const to = Math.max(1, Math.min(toStep ?? steps + 1, steps + 1));
    const from = Math.min(Math.max(0, fromStep), to - 1);
    const segments = await this.#segments(reader, from, to);
    return {
      steps,
      ended: end !== undefined,
      known: segments.filter((segment) => segment !== undefined).length,
      segments: segments.length,
      window: windowOf(segments, { fromStep: from, toStep: to, points, stepsPerPoint }),
    };
  }

  /** Those that have steps of the stretch. */
  async #segments({ source }: EpisodeReader, fromStep: number, toStep: number) {
    const startMs = this.#app.clock.monotonicMs();
    const first = source.segmentOf(fromStep);
    const last = Math.min(source.segmentOf(toStep - 1), source.count() - 1);
    const segments: (SegmentColumns | undefined)[] = new Array(Math.max(0, last - first + 1));
    for (const place of coarseToFine(segments.length)) {
      const index = first + place;
      const blob = source.blobOf(index);
      const held = blob === undefined ? undefined : this.#use(blob);
      if (held !== undefined) segments[place] = held;
      // That of an episode under way is always read: it grows.
      else if (blob === undefined || this.#app.clock.monotonicMs() - startMs < patienceMs)
        segments[place] = await this.#read(source, index, blob);
    }
    // One that was just begun has no line yet.
    if (source.blobOf(first + segments.length - 1) === undefined && segments.at(-1) === undefined) segments.pop();
    return segments;
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
    await mkdir(dirname(this.#path(blob)), { recursive: true });
    await writeAtomic(this.#path(blob), zstdCompressSync(JSON.stringify(columns)));
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
  return segment === undefined ? undefined : columnsOf(segment);
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
