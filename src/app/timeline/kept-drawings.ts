/**
 * Finished time lines: the drawing of a whole finished episode, kept in AUTOMEM_HOME/cache/timelines/whole, so that opening it again reads one
 * small file and none of its trace. It is called after the hashes of the segments it was drawn of, which cannot change; what does not bear its own
 * hash, or does not fit its schema, is drawn anew. The folder can be deleted.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as v from "valibot";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import { TimelineWindow } from "./window.ts";

/** What a drawing is of. */
export interface DrawnEpisode {
  /** Of all segments, in order. */
  blobs: readonly Hash[];
  /** Where the drawing ends; it begins with the first step. */
  toStep: number;
  points: number;
}

/** To be raised when the same segments would be drawn differently. */
const drawingVersion = 1;
const largestBytes = 64 * 1024 ** 2;

export class KeptDrawings {
  readonly #folder: string;

  /** `folder`: AUTOMEM_HOME/cache. */
  constructor(cache: string) {
    this.#folder = join(cache, "timelines", "whole");
  }

  /** `undefined` for what is not there, damaged, or of another automem. */
  async read(episode: DrawnEpisode): Promise<TimelineWindow | undefined> {
    try {
      const text = zstdDecompressSync(await readFile(this.#path(episode)), {
        maxOutputLength: largestBytes,
      }).toString();
      const hashEnd = text.indexOf("\n");
      const json = text.slice(hashEnd + 1);
      if (hashBytes(json) !== text.slice(0, hashEnd)) return undefined;
      const parsed = v.safeParse(TimelineWindow, JSON.parse(json));
      return parsed.success ? parsed.output : undefined;
    } catch {
      return undefined;
    }
  }

  async keep(episode: DrawnEpisode, window: TimelineWindow): Promise<void> {
    const path = this.#path(episode);
    const json = JSON.stringify(window);
    await writeAtomic(path, zstdCompressSync(`${hashBytes(json)}\n${json}`), { durable: false });
  }

  #path({ blobs, toStep, points }: DrawnEpisode): string {
    const name = hashBytes(JSON.stringify([drawingVersion, toStep, points, blobs]));
    return join(this.#folder, name.slice(0, 2), name);
  }
}
