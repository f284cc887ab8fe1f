/** Going through an episode's trace a bounded time at once: what takes long is asked for again, from where it stopped. */
import type { JournalEntry } from "../../core/journal.ts";
import type { FilesByName } from "../../core/journal-files.ts";
import type { Clock } from "../../platform/clock.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";

/** The entries of one step in order, and the memory folder before its first. */
export interface ScannedStep {
  stepIndex: number;
  entries: JournalEntry[];
}

export interface ScannedSegment {
  /** Before its first step; whoever scans may change it. */
  files: FilesByName;
  steps: ScannedStep[];
}

export interface ScanPlan {
  /** Segment to begin with. */
  from: number;
  /** Milliseconds after which no further segment is begun. One is always gone through. */
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

/** Visits segment after segment until `visit` says it has enough, or the time is over. The segment to go on with; `undefined` at the end. */
export async function scan(
  reader: EpisodeReader,
  clock: Clock,
  { from, patienceMs, signal }: ScanPlan,
  visit: (segment: ScannedSegment) => "more" | "enough",
): Promise<number | undefined> {
  const startMs = clock.monotonicMs();
  for (let index = from; index < reader.source.count(); index++) {
    signal?.throwIfAborted();
    if (index > from && clock.monotonicMs() - startMs > patienceMs) return index;
    const segment = await reader.source.load(index);
    if (segment === undefined) return undefined;
    if (visit({ files: new Map(segment.start.files), steps: stepsOf(segment.entries) }) === "enough") return index + 1;
  }
  return undefined;
}

/** The entries of a segment, step by step. */
export function stepsOf(entries: readonly JournalEntry[]): ScannedStep[] {
  const steps: ScannedStep[] = [];
  for (const entry of entries) {
    if (entry.kind === "episode-end") continue;
    const stepIndex = "stepIndex" in entry ? entry.stepIndex : 0;
    if (steps.at(-1)?.stepIndex !== stepIndex) steps.push({ stepIndex, entries: [] });
    steps.at(-1)!.entries.push(entry);
  }
  return steps;
}
