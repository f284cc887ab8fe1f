/**
 * Episodes that someone looks at: their last segments stay decoded, so that going from step to step reads nothing twice. An episode under way
 * is read anew each time, since it changes.
 */
import { EpisodeReader } from "../../store/episode-reader.ts";
import type { Segment } from "../../store/segment.ts";
import type { App } from "../app.ts";
import { episodeOf, findTarget, readEpisode } from "../inspect.ts";

/** Decoded segments of 256 steps each. */
const heldSegments = 12;

export class EpisodeReaders {
  readonly #app: App;
  /** By blob, in order of use. */
  readonly #held = new Map<string, Promise<Segment | undefined>>();

  constructor(app: App) {
    this.#app = app;
  }

  /** Of `RUN/EPISODE`. Throws `ConfigError` as `findTarget`. */
  async open(named: string): Promise<EpisodeReader> {
    const target = await findTarget(this.#app, named);
    const reader = await readEpisode(this.#app, target.run, episodeOf(target));
    const record = reader.record;
    if (record === undefined) return reader;
    const { source } = reader;
    const load = (index: number) => {
      const blob = record.trace[index]?.blob;
      return blob === undefined ? source.load(index) : this.#load(blob, () => source.load(index));
    };
    return new EpisodeReader(
      { count: () => source.count(), segmentOf: (step) => source.segmentOf(step), load },
      record,
    );
  }

  #load(blob: string, read: () => Promise<Segment | undefined>): Promise<Segment | undefined> {
    const loading = this.#held.get(blob) ?? read();
    this.#held.delete(blob);
    this.#held.set(blob, loading);
    const [oldest] = this.#held.keys();
    if (this.#held.size > heldSegments && oldest !== undefined) this.#held.delete(oldest);
    loading.catch(() => this.#held.delete(blob));
    return loading;
  }
}
