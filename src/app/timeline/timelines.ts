/**
 * Time lines of episodes, made while they are asked for. The columns of a finished segment never change, so they are kept by the hash of the
 * segment's blob in AUTOMEM_HOME/cache/timelines, which can be deleted. A long episode's are made a few at a time, from coarse to fine, so
 * that what is drawn first is of the whole.
 */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as v from "valibot";
import { writeAtomic } from "../../platform/atomic-write.ts";
import type { EpisodeReader, EpisodeSummary } from "../../store/episode-reader.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget, readEpisode } from "../inspect.ts";
import { columnsOf, SegmentColumns } from "./columns.ts";
import { type TimelineWindow, windowOf } from "./window.ts";

export interface TimelineRequest {
  fromStep: number;
  /** Not included; absent: to the end. */
  toStep?: number | undefined;
  /** At most. */
  points: number;
}

export interface Timeline {
  /** Steps so far. */
  steps: number;
  ended: boolean;
  /** Segments whose columns are drawn, and how many there are; fewer: ask again. */
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
  /** By blob, or by place in a trace that still grows; in order of use. */
  readonly #held = new Map<string, SegmentColumns>();

  constructor(app: App) {
    this.#app = app;
  }

  /** Of `RUN/EPISODE`. Throws `ConfigError` as `findTarget` and `EpisodeReader.summary`. */
  async of(named: string, { fromStep, toStep, points }: TimelineRequest): Promise<Timeline> {
    const target = await findTarget(this.#app, named);
    const name = episodeOf(target);
    const reader = await readEpisode(this.#app, target.run, name);
    const { steps, end, record } = await reader.summary();
    // What was seen after the last action has a place of its own.
    const to = Math.max(1, Math.min(toStep ?? steps + 1, steps + 1));
    const from = Math.min(Math.max(0, fromStep), to - 1);
    // Another attempt at an episode begins its trace anew.
    const attempts = (await target.run.folder.peekState(name.key))?.attempts ?? 0;
    const segments = await this.#segments(reader, record, `${target.run.folder.id}/${name.key}#${attempts}`);
    return {
      steps,
      ended: end !== undefined,
      known: segments.filter((segment) => segment !== undefined).length,
      segments: segments.length,
      window: windowOf(segments, { fromStep: from, toStep: to, points }),
    };
  }

  async #segments(
    reader: EpisodeReader,
    record: EpisodeSummary["record"],
    trace: string,
  ): Promise<(SegmentColumns | undefined)[]> {
    const startMs = this.#app.clock.monotonicMs();
    const segments: (SegmentColumns | undefined)[] = new Array(reader.source.count());
    for (const index of coarseToFine(segments.length)) {
      const blob = record?.trace[index]?.blob;
      // The last segment of an episode under way grows.
      const grows = record === undefined && index === segments.length - 1;
      const key = blob ?? (grows ? undefined : `${trace}/${index}`);
      const held = key === undefined ? undefined : this.#use(key);
      if (held !== undefined) segments[index] = held;
      else if (grows || this.#app.clock.monotonicMs() - startMs < patienceMs)
        segments[index] = await this.#read(reader, index, key, blob);
    }
    return segments;
  }

  /** From memory. */
  #use(key: string): SegmentColumns | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held;
  }

  /** From the folder of columns, or made of the trace. */
  async #read(
    reader: EpisodeReader,
    index: number,
    key: string | undefined,
    blob: string | undefined,
  ): Promise<SegmentColumns | undefined> {
    const kept = blob === undefined ? undefined : await readColumns(this.#path(blob));
    const columns = kept ?? (await made(reader, index));
    if (key === undefined || columns === undefined) return columns;
    this.#hold(key, columns);
    if (blob !== undefined && kept === undefined) await this.#keep(blob, columns);
    return columns;
  }

  async #keep(blob: string, columns: SegmentColumns): Promise<void> {
    await mkdir(dirname(this.#path(blob)), { recursive: true });
    await writeAtomic(this.#path(blob), zstdCompressSync(JSON.stringify(columns)));
  }

  #hold(key: string, columns: SegmentColumns): void {
    this.#held.set(key, columns);
    const [oldest] = this.#held.keys();
    if (this.#held.size > heldSegments && oldest !== undefined) this.#held.delete(oldest);
  }

  #path(blob: string): string {
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

async function made(reader: EpisodeReader, index: number): Promise<SegmentColumns | undefined> {
  const segment = await reader.source.load(index);
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
