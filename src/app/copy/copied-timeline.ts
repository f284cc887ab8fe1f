/**
 * Time lines in a static copy. The columns of eight segments stand in a file; a stretch is drawn of those it touches, as the server draws it.
 * A stretch too long for that is cut out of a drawing of the whole episode, of which there are several, each twice as fine as the one before,
 * so that no look at an episode reads much of it. Pure: the last part runs in the browser.
 */
import * as v from "valibot";
import type { Column, SegmentColumns } from "../timeline/columns.ts";
import type { Timeline, TimelineRequest } from "../timeline/timelines.ts";
import { type Band, type TimelineWindow, windowOf } from "../timeline/window.ts";
import type { CopiedTrace } from "./copied-trace.ts";

export const segmentsPerPack = 8;
/** Segments of which a stretch is drawn exactly: 16,384 steps. */
export const exactSegments = 64;
/** Points of the coarsest drawing of a whole episode. */
const fewestPoints = 1_000;

export interface CopiedColumns {
  /** The columns of the segments from `pack * segmentsPerPack`. */
  pack(pack: number): Promise<SegmentColumns[]>;
  /** The drawing at `levels[level]` steps a point. */
  level(level: number): Promise<TimelineWindow>;
}

/** The drawings of a whole episode that a copy has beside the columns; none where those are few. */
export function wholeDrawings(columns: readonly SegmentColumns[], steps: number): TimelineWindow[] {
  if (columns.length <= exactSegments) return [];
  const drawings: TimelineWindow[] = [];
  const stepsExact = columns[exactSegments]!.firstStep;
  for (let points = fewestPoints; ; points *= 2) {
    drawings.push(windowOf(columns, { fromStep: 0, toStep: steps + 1, points }));
    // The next would show no more than the columns themselves do.
    if (points * stepsExact >= fewestPoints * (steps + 1)) return drawings;
  }
}

export async function copiedTimeline(
  trace: CopiedTrace,
  { fromStep, toStep, points, stepsPerPoint }: TimelineRequest,
  columns: CopiedColumns,
): Promise<Timeline> {
  const { steps, ended, firstSteps } = trace;
  const to = Math.max(1, Math.min(toStep ?? steps + 1, steps + 1));
  const from = Math.min(Math.max(0, fromStep), to - 1);
  const first = segmentAt(firstSteps, from);
  const last = segmentAt(firstSteps, to - 1);
  const count = Math.max(0, last - first + 1);
  const answer = (window: TimelineWindow): Timeline => ({ steps, ended, known: count, segments: count, window });
  if (count > exactSegments && trace.levels.length > 0) {
    const fits = trace.levels.findLastIndex((level) => (to - from) / level <= points);
    return answer(cutOut(await columns.level(Math.max(0, fits)), from, to));
  }
  const packs: SegmentColumns[] = [];
  for (let pack = Math.floor(first / segmentsPerPack); pack * segmentsPerPack <= last; pack++)
    packs.push(...(await columns.pack(pack)));
  return answer(windowOf(packs, { fromStep: from, toStep: to, points, stepsPerPoint }));
}

/** The points of a drawing that a stretch touches. */
export function cutOut(whole: TimelineWindow, fromStep: number, toStep: number): TimelineWindow {
  const { stepsPerPoint } = whole;
  const first = Math.floor((fromStep - whole.fromStep) / stepsPerPoint);
  const end = Math.min(whole.points, Math.ceil((toStep - whole.fromStep) / stepsPerPoint));
  const cut = (column: Column) => column.slice(first, end);
  const each = <Value, Cut>(values: Readonly<Record<string, Value>>, change: (value: Value) => Cut) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
  const band = ({ low, high, mean }: Band): Band => ({ low: cut(low), high: cut(high), mean: cut(mean) });
  return {
    fromStep: whole.fromStep + first * stepsPerPoint,
    toStep: Math.min(whole.toStep, whole.fromStep + end * stepsPerPoint),
    stepsPerPoint,
    points: end - first,
    progress: band(whole.progress),
    gauges: each(whole.gauges, band),
    files: each(whole.files, cut),
    sums: each(whole.sums, cut) as TimelineWindow["sums"],
    operations: each(whole.operations, cut),
  };
}

/** A file of columns. */
export const ColumnPack = v.object({
  columns: v.array(v.custom<SegmentColumns>((value) => typeof value === "object")),
});

function segmentAt(firstSteps: readonly number[], step: number): number {
  return Math.max(
    0,
    firstSteps.findLastIndex((first) => first <= step),
  );
}
