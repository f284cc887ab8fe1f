/**
 * Episodes that someone looks at. Their last segments stay decoded, so that going from step to step reads nothing twice; of an episode under
 * way each look reads what was added.
 */
import type { Hash } from "../../core/hash.ts";
import { EndingTrace } from "../../store/ending-trace.ts";
import { EpisodeReader } from "../../store/episode-reader.ts";
import { GrowingTrace } from "../../store/growing-trace.ts";
import type { EpisodeName } from "../../store/run-folder.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { Segment } from "../../store/segment.ts";
import type { TraceSource } from "../../store/trace-source.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget, type Target } from "../inspect.ts";

/** Decoded segments of 256 steps each. */
const heldSegments = 12;
/** Episodes under way: each may hold a decoded segment too. */
const heldTraces = 24;
/** Episodes whose run and record are held: those of 100,000 steps list 400 segments. */
const heldEpisodes = 24;

export class EpisodeReaders {
  readonly #app: App;
  /** By blob, in order of use. */
  readonly #segments = new Map<Hash, Promise<Segment | undefined>>();
  /** By the folder of the journal, in order of use. */
  readonly #growing = new Map<string, GrowingTrace>();
  /** By `RUN/EPISODE`, in order of use. */
  readonly #targets = new Map<string, Target>();
  /** Finished ones by the hash of their record, in order of use. */
  readonly #finishedReaders = new Map<Hash, Promise<EpisodeReader>>();

  constructor(app: App) {
    this.#app = app;
  }

  /** Of `RUN/EPISODE`. Throws `ConfigError` as `findTarget`. */
  async open(named: string): Promise<EpisodeReader> {
    const target = await this.#target(named);
    return this.read(target.run, episodeOf(target));
  }

  /** As `findTarget`. A run that was called by its whole name is not read again while its file points to the same record. */
  async #target(named: string): Promise<Target> {
    const held = this.#targets.get(named);
    if (held !== undefined && (await held.run.folder.peekFile())?.run === held.run.file.run) return held;
    const found = await findTarget(this.#app, named);
    this.#targets.delete(named);
    if (`${found.run.folder.id}/${found.episode?.key}` === named) use(this.#targets, named, heldEpisodes, () => found);
    return found;
  }

  async read(run: OpenRun, { key }: EpisodeName): Promise<EpisodeReader> {
    return (await this.#finished(run, key)) ?? (await this.#underWay(run, key));
  }

  async #finished({ folder }: OpenRun, key: string): Promise<EpisodeReader | undefined> {
    const hash = (await folder.peekState(key))?.record;
    if (hash === undefined) return undefined;
    this.#growing.delete(folder.journalFolder(key));
    const reading = use(this.#finishedReaders, hash, heldEpisodes, () => this.#readRecord(hash));
    reading.catch(() => this.#finishedReaders.delete(hash));
    return reading;
  }

  async #readRecord(hash: Hash): Promise<EpisodeReader> {
    const { source, record } = await (await this.#app.store()).readRecord(hash);
    return new EpisodeReader(this.#holding(source), record);
  }

  async #underWay(run: OpenRun, key: string): Promise<EpisodeReader> {
    const folder = run.folder.journalFolder(key);
    const growing = use(this.#growing, folder, heldTraces, () => new GrowingTrace(folder));
    const trace = new EndingTrace(growing, async () => {
      const hash = (await run.folder.peekState(key))?.record;
      // Not what is held: that would wait for itself.
      return hash === undefined ? undefined : (await (await this.#app.store()).readRecord(hash)).source;
    });
    // It may have ended since: the journal goes when the record is there.
    const ended = trace.count() === 0 ? await this.#finished(run, key) : undefined;
    return ended ?? new EpisodeReader(this.#holding(trace));
  }

  /** What could not be read, or is gone, is not held. */
  async #load(source: TraceSource, segment: number, blob: Hash): Promise<Segment | undefined> {
    let loaded: Segment | undefined;
    try {
      loaded = await source.load(segment);
      return loaded;
    } finally {
      if (loaded === undefined) this.#segments.delete(blob);
    }
  }

  #holding(source: TraceSource): TraceSource {
    return {
      count: () => source.count(),
      segmentOf: (step) => source.segmentOf(step),
      blobOf: (segment) => source.blobOf(segment),
      load: (segment) => {
        const blob = source.blobOf(segment);
        if (blob === undefined) return source.load(segment);
        return use(this.#segments, blob, heldSegments, () => this.#load(source, segment, blob));
      },
    };
  }
}

/** What is held by that key, or made now; it becomes the last to be let go. */
function use<Key, Value>(held: Map<Key, Value>, key: Key, most: number, make: () => Value): Value {
  const value = held.get(key) ?? make();
  held.delete(key);
  held.set(key, value);
  const [oldest] = held.keys();
  if (held.size > most && oldest !== undefined) held.delete(oldest);
  return value;
}
