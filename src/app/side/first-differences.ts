/** Where two episodes part: the first step whose action, whose observation, and whose memory at its end is not the same in both. */
import type { JournalEntry } from "../../core/journal.ts";
import { applyEntry, type FilesByName } from "../../core/journal-files.ts";
import type { Clock } from "../../platform/clock.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import type { Segment } from "../../store/segment.ts";
import { type ScanPlan, stepsOf } from "../episode/scan.ts";

export const differenceKinds = ["action", "observation", "memory"] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export interface FirstDifferences {
  /** Step by kind; a kind in which the steps looked through do not differ is absent. */
  found: Partial<Record<DifferenceKind, number>>;
  /** Segment to ask from next, for the kinds not found yet; absent when all is known. */
  next: number | undefined;
  /** Of traces that have grown since: segment to ask from again, for the kinds not found yet. */
  again: number;
}

/**
 * Goes through both traces at once, a segment of each at a time, for the kinds in `wanted`. Only steps that both played count: that one went
 * on for longer is no difference of a step. What is under way in one of them is left out.
 */
export async function firstDifferences(
  left: EpisodeReader,
  right: EpisodeReader,
  clock: Clock,
  { from, patienceMs, signal, wanted }: ScanPlan & { wanted: readonly DifferenceKind[] },
): Promise<FirstDifferences> {
  const startMs = clock.monotonicMs();
  const found: FirstDifferences["found"] = {};
  const segments = Math.min(left.source.count(), right.source.count());
  let again = from;
  for (let index = from; index < segments; index++) {
    signal?.throwIfAborted();
    if (index > from && clock.monotonicMs() - startMs > patienceMs) return { found, next: index, again };
    const [one, other] = await Promise.all([left.source.load(index), right.source.load(index)]);
    if (one === undefined || other === undefined) break;
    again = index;
    lookThrough(one, other, wanted, found);
    if (wanted.every((kind) => found[kind] !== undefined)) break;
  }
  return { found, next: undefined, again };
}

interface Half {
  files: FilesByName;
  entries: readonly JournalEntry[];
}

/** Segments of the same steps. */
function lookThrough(
  left: Segment,
  right: Segment,
  wanted: readonly DifferenceKind[],
  found: FirstDifferences["found"],
): void {
  const files: [FilesByName, FilesByName] = [new Map(left.start.files), new Map(right.start.files)];
  const others = new Map(stepsOf(right.entries).map(({ stepIndex, entries }) => [stepIndex, entries]));
  // What the folders hold is compared once, and then whenever one of them was written to.
  let unsure = true;
  for (const { stepIndex, entries } of stepsOf(left.entries)) {
    const other = others.get(stepIndex);
    if (other === undefined) return;
    const pair: [Half, Half] = [
      { files: files[0], entries },
      { files: files[1], entries: other },
    ];
    for (const half of pair) {
      for (const entry of half.entries) {
        unsure ||= writes(entry);
        applyEntry(half.files, entry);
      }
    }
    if (!pair.every(isPlayed)) return;
    for (const kind of wanted) {
      if (found[kind] !== undefined || (kind === "memory" && !unsure)) continue;
      if (differs[kind](...pair)) found[kind] = stepIndex;
    }
    unsure = false;
  }
}

const differs: Record<DifferenceKind, (left: Half, right: Half) => boolean> = {
  action: (left, right) => find(left, "action")?.action !== find(right, "action")?.action,
  observation: (left, right) => {
    const [one, other] = [find(left, "observation")?.observation, find(right, "observation")?.observation];
    return one?.long !== other?.long || one?.short !== other?.short;
  },
  memory: ({ files: left }, { files: right }) =>
    left.size !== right.size || [...left].some(([name, text]) => right.get(name) !== text),
};

function isPlayed(half: Half): boolean {
  return find(half, "action") !== undefined;
}

function find<Kind extends JournalEntry["kind"]>({ entries }: Half, kind: Kind) {
  return entries.find((entry): entry is Extract<JournalEntry, { kind: Kind }> => entry.kind === kind);
}

function writes(entry: JournalEntry): boolean {
  return entry.kind === "episode-start" || (entry.kind === "operation" && entry.writes !== undefined);
}
