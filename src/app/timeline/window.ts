/**
 * A stretch of an episode, drawn into so many points: each point stands for the same number of steps. Where a point stands for one step its
 * values are the step's own. Pure.
 */
import * as v from "valibot";
import { Column, SegmentColumns } from "./columns.ts";

/** Least, greatest and mean of what was said in the steps of each point; null where nothing was, or where it is not read yet. */
const Band = v.object({ low: Column, high: Column, mean: Column });
export type Band = v.InferOutput<typeof Band>;

const Summed = v.pick(SegmentColumns, [
  "reward",
  "calls",
  "promptTokens",
  "generatedTokens",
  "fallback",
  "invalid",
  "unchanged",
  "failures",
]);
export type SummedName = keyof v.InferOutput<typeof Summed>;
const summed = Object.keys(Summed.entries) as SummedName[];

export const TimelineWindow = v.object({
  fromStep: v.number(),
  /** Not included. */
  toStep: v.number(),
  stepsPerPoint: v.number(),
  points: v.number(),
  progress: Band,
  gauges: v.record(v.string(), Band),
  /** At the end of the point's last step. */
  files: v.record(v.string(), Column),
  /** Sums over the steps of a point. */
  sums: Summed,
  operations: v.record(v.string(), Column),
});
export type TimelineWindow = v.InferOutput<typeof TimelineWindow>;

export interface WindowRequest {
  fromStep: number;
  toStep: number;
  /** At most, unless `stepsPerPoint` says how many. */
  points: number;
  stepsPerPoint?: number | undefined;
}

/** `segments` in order; one that is not read yet is `undefined`. `fromStep` < `toStep`. */
export function windowOf(
  segments: readonly (SegmentColumns | undefined)[],
  { fromStep, toStep, points: wanted, stepsPerPoint: given }: WindowRequest,
): TimelineWindow {
  const steps = toStep - fromStep;
  const stepsPerPoint = given ?? Math.max(1, Math.ceil(steps / wanted));
  const points = Math.ceil(steps / stepsPerPoint);
  const inside = segments.filter(
    (segment) => segment !== undefined && segment.firstStep < toStep && segment.firstStep + segment.steps > fromStep,
  ) as SegmentColumns[];
  const stretch = { fromStep, toStep, stepsPerPoint, points };
  const over = (pick: (segment: SegmentColumns) => Column | undefined) => ({ inside, pick, stretch });
  const named = <Drawn>(group: "gauges" | "files" | "operations", draw: (source: Source) => Drawn) => {
    const names = new Set(inside.flatMap((segment) => Object.keys(segment[group])));
    return Object.fromEntries(
      [...names].sort().map((name) => [name, draw(over((segment) => own(segment[group], name)))]),
    );
  };
  return {
    ...stretch,
    progress: band(over(({ progress }) => progress)),
    gauges: named("gauges", band),
    files: named("files", last),
    sums: Object.fromEntries(
      summed.map((name) => [name, sum(over((segment) => segment[name]))]),
    ) as TimelineWindow["sums"],
    operations: named("operations", sum),
  };
}

interface Source {
  inside: readonly SegmentColumns[];
  pick: (segment: SegmentColumns) => Column | undefined;
  stretch: Pick<TimelineWindow, "fromStep" | "toStep" | "stepsPerPoint" | "points">;
}

/** Of each point: how many values there were, their least, greatest, sum, and the last one. */
interface Folded {
  counts: Uint32Array;
  lows: Float64Array;
  highs: Float64Array;
  sums: Float64Array;
  lasts: Float64Array;
}

function band(source: Source): Band {
  const { counts, lows, highs, sums } = fold(source);
  return {
    low: said(counts, (point) => lows[point]!),
    high: said(counts, (point) => highs[point]!),
    mean: said(counts, (point) => sums[point]! / counts[point]!),
  };
}

function sum(source: Source): Column {
  const { counts, sums } = fold(source);
  return said(counts, (point) => sums[point]!);
}

function last(source: Source): Column {
  const { counts, lasts } = fold(source);
  return said(counts, (point) => lasts[point]!);
}

/** Null where nothing was. */
function said(counts: Uint32Array, value: (point: number) => number): Column {
  return Array.from(counts, (count, point) => (count === 0 ? null : value(point)));
}

/** Goes over every value of an episode: all at once and in plain loops, a point at a time. */
function fold({ inside, pick, stretch }: Source): Folded {
  const { fromStep, toStep, stepsPerPoint, points } = stretch;
  const folded: Folded = {
    counts: new Uint32Array(points),
    lows: new Float64Array(points).fill(Number.POSITIVE_INFINITY),
    highs: new Float64Array(points).fill(Number.NEGATIVE_INFINITY),
    sums: new Float64Array(points),
    lasts: new Float64Array(points),
  };
  for (const segment of inside) {
    const column = pick(segment);
    if (column === undefined) continue;
    const end = Math.min(column.length, toStep - segment.firstStep);
    for (let index = Math.max(0, fromStep - segment.firstStep); index < end; ) {
      const point = Math.floor((segment.firstStep + index - fromStep) / stepsPerPoint);
      const pointEnd = Math.min(end, fromStep + (point + 1) * stepsPerPoint - segment.firstStep);
      foldPoint(folded, point, column, index, pointEnd);
      index = pointEnd;
    }
  }
  return folded;
}

/** Values from `index` to before `end` are of this point. */
function foldPoint(folded: Folded, point: number, column: Column, index: number, end: number): void {
  let count = folded.counts[point]!;
  let low = folded.lows[point]!;
  let high = folded.highs[point]!;
  let total = folded.sums[point]!;
  let latest = folded.lasts[point]!;
  for (let at = index; at < end; at++) {
    const value = column[at];
    if (value === null || value === undefined) continue;
    count += 1;
    if (value < low) low = value;
    if (value > high) high = value;
    total += value;
    latest = value;
  }
  folded.counts[point] = count;
  folded.lows[point] = low;
  folded.highs[point] = high;
  folded.sums[point] = total;
  folded.lasts[point] = latest;
}

function own<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
