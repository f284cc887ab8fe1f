/**
 * A stretch of an episode, drawn into so many points: each point stands for the same number of steps. Where a point stands for one step its
 * values are the step's own. Pure.
 */
import type { Column, SegmentColumns } from "./columns.ts";

/** Least, greatest and mean of what was said in the steps of each point; null where nothing was, or where it is not read yet. */
export interface Band {
  low: Column;
  high: Column;
  mean: Column;
}

export interface TimelineWindow {
  fromStep: number;
  /** Not included. */
  toStep: number;
  stepsPerPoint: number;
  points: number;
  progress: Band;
  gauges: Record<string, Band>;
  /** At the end of the point's last step. */
  files: Record<string, Column>;
  /** Sums over the steps of a point. */
  sums: Record<SummedName, Column>;
  operations: Record<string, Column>;
}

const summed = [
  "reward",
  "calls",
  "promptTokens",
  "generatedTokens",
  "fallback",
  "invalid",
  "unchanged",
  "failures",
] as const;
export type SummedName = (typeof summed)[number];

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

function band(source: Source): Band {
  const low = nothing(source);
  const high = nothing(source);
  const sums = nothing(source);
  const counts = new Uint32Array(source.stretch.points);
  each(source, (point, value) => {
    low[point] = Math.min(low[point] ?? value, value);
    high[point] = Math.max(high[point] ?? value, value);
    sums[point] = (sums[point] ?? 0) + value;
    counts[point] = counts[point]! + 1;
  });
  return { low, high, mean: sums.map((total, point) => (total === null ? null : total / counts[point]!)) };
}

function sum(source: Source): Column {
  const sums = nothing(source);
  each(source, (point, value) => {
    sums[point] = (sums[point] ?? 0) + value;
  });
  return sums;
}

function last(source: Source): Column {
  const values = nothing(source);
  each(source, (point, value) => {
    values[point] = value;
  });
  return values;
}

/** Goes over every value of an episode: plain loops, which take a quarter of the time of iterators. */
function each({ inside, pick, stretch }: Source, visit: (point: number, value: number) => void): void {
  const { fromStep, toStep, stepsPerPoint } = stretch;
  for (const segment of inside) {
    const column = pick(segment);
    if (column === undefined) continue;
    const first = Math.max(0, fromStep - segment.firstStep);
    const end = Math.min(column.length, toStep - segment.firstStep);
    for (let index = first; index < end; index++) {
      const value = column[index];
      if (value === null || value === undefined) continue;
      visit(Math.floor((segment.firstStep + index - fromStep) / stepsPerPoint), value);
    }
  }
}

function nothing({ stretch: { points } }: Source): Column {
  return new Array<number | null>(points).fill(null);
}

function own<Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
