/** Puts what came since behind a time line that is there, so that only its end is asked for again. Pure. */
import type { Band, TimelineWindow } from "../../../app/timeline/window.ts";

type Column = readonly (number | null)[];

/**
 * `rest` begins at a point of `window` and has as many steps a point; from there on it takes the place of what was there. Throws `RangeError` where
 * it does not fit.
 */
export function joinWindows(window: TimelineWindow, rest: TimelineWindow): TimelineWindow {
  const kept = (rest.fromStep - window.fromStep) / window.stepsPerPoint;
  if (rest.stepsPerPoint !== window.stepsPerPoint || !Number.isInteger(kept) || kept < 0 || kept > window.points) {
    throw new RangeError(`Steps from ${rest.fromStep} do not follow those from ${window.fromStep}.`);
  }
  const join = (one: Column | undefined, other: Column | undefined) => [
    ...(one?.slice(0, kept) ?? new Array<null>(kept).fill(null)),
    ...(other ?? new Array<null>(rest.points).fill(null)),
  ];
  const band = (one: Band | undefined, other: Band | undefined): Band => ({
    low: join(one?.low, other?.low),
    high: join(one?.high, other?.high),
    mean: join(one?.mean, other?.mean),
  });
  return {
    fromStep: window.fromStep,
    toStep: rest.toStep,
    stepsPerPoint: window.stepsPerPoint,
    points: kept + rest.points,
    progress: band(window.progress, rest.progress),
    gauges: joined(window.gauges, rest.gauges, band),
    files: joined(window.files, rest.files, join),
    sums: joined(window.sums, rest.sums, join) as TimelineWindow["sums"],
    operations: joined(window.operations, rest.operations, join),
  };
}

function joined<Value>(
  one: Readonly<Record<string, Value>>,
  other: Readonly<Record<string, Value>>,
  join: (one: Value | undefined, other: Value | undefined) => Value,
): Record<string, Value> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  const own = (values: Readonly<Record<string, Value>>, name: string) =>
    Object.hasOwn(values, name) ? values[name] : undefined;
  return Object.fromEntries(names.map((name) => [name, join(own(one, name), own(other, name))]));
}
