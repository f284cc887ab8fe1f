/** Follows an episode while another process plays it: what is there, then what comes, until its end. */
import type { JournalEntry } from "../core/journal.ts";
import type { Clock } from "../platform/clock.ts";
import { isPassing } from "./ending-trace.ts";
import type { EpisodeReader } from "./episode-reader.ts";
import type { Segment } from "./segment.ts";

export interface FollowOptions {
  clock: Clock;
  /** Milliseconds between looks. */
  everyMs: number;
  signal?: AbortSignal | undefined;
}

/** Looks in a row that may meet a passing fault. */
const passingLimit = 5;

/**
 * Yields entries from the first one on, each once, whether its segment is still being written, sealed, or part of a finished record by then.
 * `reopen` gives the reader anew. Ends after `episode-end`, or when the signal is aborted; waits while there is nothing yet.
 */
export async function* followEpisode(
  first: EpisodeReader,
  reopen: () => Promise<EpisodeReader>,
  { clock, everyMs, signal }: FollowOptions,
): AsyncGenerator<JournalEntry> {
  let reader = first;
  let segment = 0;
  let seen = 0;
  let faults = 0;
  while (!signal?.aborted) {
    let look: { count: number; loaded: Segment | undefined } = { count: 0, loaded: undefined };
    try {
      // Counted before it is read: a segment with another behind it is whole.
      const count = reader.source.count();
      look = { count, loaded: await reader.source.load(segment) };
      faults = 0;
    } catch (cause) {
      if (!isPassing(cause) || ++faults > passingLimit) throw cause;
    }
    const entries = look.loaded?.entries ?? [];
    for (const entry of entries.slice(seen)) {
      yield entry;
      if (entry.kind === "episode-end") return;
    }
    seen = Math.max(seen, entries.length);
    if (segment + 1 < look.count) {
      segment++;
      seen = 0;
      continue;
    }
    await clock.sleep(everyMs, signal).catch((cause) => {
      if (!signal?.aborted) throw cause;
    });
    reader = await reopen();
  }
}
