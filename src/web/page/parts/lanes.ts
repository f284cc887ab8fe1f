/** The lanes of a time line, out of the columns that the server drew. Pure. */
import type { InferResponseType } from "hono/client";
import type uPlot from "uplot";
import { api } from "../client.ts";
import { coloursOf, mostColours } from "./lane-colours.ts";

const ask = api.runs[":run"].episodes[":episode"].timeline;
export type TimelineAnswer = InferResponseType<typeof ask.$get, 200>;

export interface Lane {
  name: string;
  series: { label: string; colour: string; fill: boolean }[];
  /** Steps, then a column for each series. */
  data: uPlot.AlignedData;
  range: [number, number] | undefined;
  /** Where the axis is marked; absent: where it likes. */
  splits: (() => number[]) | undefined;
  /** Drawn as stairs: a value belongs to its step alone. */
  stepped: boolean;
  /** Each series is filled down to the next one, not to nought. */
  stacked: boolean;
  /** Series that are not drawn because there are too many. */
  left: number;
}

type Column = readonly (number | null)[];

export function lanesOf({ window }: TimelineAnswer): Lane[] {
  const steps = Array.from({ length: window.points }, (_, point) => window.fromStep + point * window.stepsPerPoint);
  const lane = (name: string, columns: Record<string, Column>, more: Partial<Lane> & { fill?: boolean } = {}): Lane => {
    const { fill = false, ...said } = more;
    const all = Object.entries(columns).filter(([, column]) => column.some((value) => value !== null));
    const shown = all.slice(0, mostColours);
    const colour = coloursOf(shown.map(([label]) => label));
    return {
      name,
      series: shown.map(([label], index) => ({ label, colour: colour[index]!, fill })),
      data: [steps, ...shown.map(([, column]) => column)] as unknown as uPlot.AlignedData,
      range: undefined,
      splits: undefined,
      stepped: false,
      stacked: false,
      left: all.length - shown.length,
      ...said,
    };
  };
  const gauges = Object.entries(window.gauges).filter(([, { low, high }]) => changes(low) || changes(high));
  const lanes = [
    lane("score", { progress: window.progress.high }, { range: [0, 1], splits: () => [0, 0.5, 1], fill: true }),
    lane("status", Object.fromEntries(gauges.map(([name, { mean }]) => [name, mean]))),
    lane("operations", stacked(window.operations), { fill: true, stepped: true, stacked: true }),
    lane("characters in memory", nonZero(window.files)),
    lane(
      "trouble",
      nonZero({
        fallback: window.sums.fallback,
        invalid: window.sums.invalid,
        unchanged: window.sums.unchanged,
        refused: window.sums.failures,
      }),
    ),
  ];
  return lanes.filter(({ series }) => series.length > 0);
}

/** The most frequent first, each drawn on top of those before. */
function stacked(columns: Record<string, Column>): Record<string, Column> {
  const total = (column: Column) => column.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const order = Object.entries(columns).sort(([, one], [, other]) => total(other) - total(one));
  let below: number[] = [];
  const piled = order.map(([name, column]): [string, Column] => {
    below = column.map((value, point) => (below[point] ?? 0) + (value ?? 0));
    // What could not be read as an operation has no name.
    return [name === "" ? "unreadable" : name, below];
  });
  // The highest pile first: each is filled down to the one after it.
  return Object.fromEntries(piled.reverse());
}

function nonZero(columns: Record<string, Column>): Record<string, Column> {
  return Object.fromEntries(
    Object.entries(columns).filter(([, column]) => column.some((value) => value !== null && value !== 0)),
  );
}

function changes(column: Column): boolean {
  const said = column.filter((value) => value !== null);
  return said.some((value) => value !== said[0]);
}
