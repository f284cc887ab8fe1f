/** Columns of a segment, and windows drawn of them. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { columnsOf, type SegmentColumns } from "../../../src/app/timeline/columns.ts";
import { coarseToFine } from "../../../src/app/timeline/timelines.ts";
import { windowOf } from "../../../src/app/timeline/window.ts";
import type { JournalEntry } from "../../../src/core/journal.ts";
import { applyEntry, type FilesByName } from "../../../src/core/journal-files.ts";
import type { Segment } from "../../../src/store/segment.ts";
import { segmentOf, segmentStart } from "../../../src/store/segment.ts";
import { playedEntries } from "../../store/support.ts";

/** An episode cut as the store cuts it. */
function segmentsOf(entries: Iterable<JournalEntry>): Segment[] {
  const files: FilesByName = new Map();
  const segments: Segment[] = [{ start: segmentStart(0, files), entries: [] }];
  for (const entry of entries) {
    const segment = segmentOf(entry, segments.length - 1);
    while (segments.length <= segment) segments.push({ start: segmentStart(segments.length, files), entries: [] });
    segments[segment]!.entries.push(entry);
    applyEntry(files, entry);
  }
  return segments;
}

describe("columns", () => {
  const entries = [...playedEntries(600)];
  const columns = segmentsOf(entries).map(columnsOf);
  const joined = (pick: (segment: SegmentColumns) => readonly (number | null)[]) => columns.flatMap(pick);

  test("cover every step once, and the observation after the last", () => {
    expect(columns.map(({ firstStep, steps }) => [firstStep, steps])).toEqual([
      [0, 256],
      [256, 256],
      [512, 89],
    ]);
    for (const segment of columns) {
      for (const column of [
        segment.progress,
        segment.calls,
        ...Object.values(segment.files),
        ...Object.values(segment.operations),
      ])
        expect(column).toHaveLength(segment.steps);
    }
  });

  test("say of each step what the trace says", () => {
    const ofKind = <Kind extends JournalEntry["kind"]>(kind: Kind) =>
      entries.filter((entry): entry is Extract<JournalEntry, { kind: Kind }> => entry.kind === kind);
    expect(joined(({ progress }) => progress)).toEqual(ofKind("observation").map(({ progress }) => progress));
    const calls = joined((segment) => segment.calls);
    for (const step of [0, 1, 255, 256, 599]) {
      expect(calls[step]).toBe(ofKind("call").filter(({ stepIndex }) => stepIndex === step).length);
    }
    const named = new Set(ofKind("operation").map(({ name }) => name));
    expect(new Set(columns.flatMap(({ operations }) => Object.keys(operations)))).toEqual(named);
  });

  test("measure the memory folder at the end of each step", () => {
    const files: FilesByName = new Map();
    const sizes = new Map<number, number>();
    for (const entry of entries) {
      applyEntry(files, entry);
      if ("stepIndex" in entry) sizes.set(entry.stepIndex, files.get("notes.md")!.length);
    }
    expect(joined((segment) => segment.files["notes.md"]!)).toEqual([...sizes.values()]);
  });

  test("hold numbers of info and signals, one level deep, and no more names than they may", () => {
    const observation = (stepIndex: number, info: object): JournalEntry =>
      ({ kind: "observation", stepIndex, observation: { long: "", short: "" }, progress: 0, info }) as JournalEntry;
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, index]));
    const [segment] = segmentsOf([
      observation(0, { depth: 1, name: "x", vitals: { health: 9, deep: { no: 1 } }, __proto__: 3 }),
      observation(1, many),
    ]).map(columnsOf);
    expect(segment!.gauges["vitals.health"]).toEqual([9, null]);
    expect(segment!.gauges.depth).toEqual([1, null]);
    expect(Object.keys(segment!.gauges)).toHaveLength(64);
  });
});

describe("a window", () => {
  const columns = segmentsOf(playedEntries(600)).map(columnsOf);

  test("of few steps gives each its own values", () => {
    const { points, stepsPerPoint, progress } = windowOf(columns, { fromStep: 250, toStep: 260, points: 100 });
    expect({ points, stepsPerPoint }).toEqual({ points: 10, stepsPerPoint: 1 });
    expect(progress.low).toEqual(progress.high);
    expect(progress.mean).toEqual([...columns[0]!.progress.slice(250), ...columns[1]!.progress.slice(0, 4)]);
  });

  test("leaves empty what is not read yet", () => {
    const { progress } = windowOf([columns[0], undefined, columns[2]], { fromStep: 0, toStep: 601, points: 601 });
    expect(progress.mean.slice(256, 512).every((value) => value === null)).toBe(true);
    expect(progress.mean[255]).not.toBeNull();
    expect(progress.mean[512]).not.toBeNull();
  });

  test("keeps sums, and its bands hold every value", () => {
    const window = fc
      .tuple(fc.nat(599), fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 50 }))
      .map(([fromStep, length, points]) => ({ fromStep, toStep: Math.min(601, fromStep + length), points }));
    fc.assert(
      fc.property(window, (asked) => {
        const drawn = windowOf(columns, asked);
        expect(drawn.points).toBeLessThanOrEqual(asked.points);
        expect(drawn.points * drawn.stepsPerPoint).toBeGreaterThanOrEqual(asked.toStep - asked.fromStep);
        const steps = columns.flatMap(({ calls }) => calls).slice(asked.fromStep, asked.toStep);
        const total = (values: readonly (number | null)[]) =>
          values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
        expect(total(drawn.sums.calls)).toBe(total(steps));
        for (let point = 0; point < drawn.points; point++) {
          expect(drawn.progress.low[point]!).toBeLessThanOrEqual(drawn.progress.mean[point]! + 1e-12);
          expect(drawn.progress.high[point]!).toBeGreaterThanOrEqual(drawn.progress.mean[point]! - 1e-12);
        }
      }),
    );
  });
});

test("from coarse to fine, each once", () => {
  fc.assert(
    fc.property(fc.nat(2_000), (count) => {
      const order = [...coarseToFine(count)];
      expect(order.toSorted((one, other) => one - other)).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});
