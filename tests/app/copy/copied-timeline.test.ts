/** Time lines of a static copy, beside what is drawn of all columns at once. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  copiedTimeline,
  cutOut,
  exactSegments,
  segmentsPerPack,
  wholeDrawings,
} from "../../../src/app/copy/copied-timeline.ts";
import type { CopiedTrace } from "../../../src/app/copy/copied-trace.ts";
import type { SegmentColumns } from "../../../src/app/timeline/columns.ts";
import { windowOf } from "../../../src/app/timeline/window.ts";

const perSegment = 256;

/** An episode of so many steps; its columns follow from the step. */
function columnsOf(steps: number): SegmentColumns[] {
  const segments: SegmentColumns[] = [];
  for (let firstStep = 0; firstStep <= steps; firstStep += perSegment) {
    const own = Array.from({ length: Math.min(perSegment, steps + 1 - firstStep) }, (_, index) => firstStep + index);
    const column = (value: (step: number) => number | null) => own.map(value);
    segments.push({
      schema: "automem.timeline/1",
      firstStep,
      steps: own.length,
      progress: column((step) => step / (steps + 1)),
      reward: column((step) => (step === 0 ? null : step % 3)),
      calls: column(() => 2),
      promptTokens: column((step) => step % 7),
      generatedTokens: column(() => null),
      fallback: column((step) => step % 2),
      invalid: column(() => 0),
      unchanged: column(() => 0),
      operations: { READ: column((step) => (step % 5 === 0 ? 1 : null)) },
      failures: column(() => null),
      files: { "a.md": column((step) => step) },
      gauges: firstStep % (2 * perSegment) === 0 ? { health: column((step) => step % 10) } : {},
    });
  }
  return segments;
}

function copied(steps: number) {
  const columns = columnsOf(steps);
  const drawings = wholeDrawings(columns, steps);
  const read: string[] = [];
  const trace: CopiedTrace = {
    schema: "automem.copied-trace/1",
    steps,
    ended: true,
    firstSteps: columns.map(({ firstStep }) => firstStep),
    levels: drawings.map(({ stepsPerPoint }) => stepsPerPoint),
    pictures: { every: null, why: "" },
  };
  const files = {
    pack: async (pack: number) => {
      read.push(`pack ${pack}`);
      return columns.slice(pack * segmentsPerPack, (pack + 1) * segmentsPerPack);
    },
    level: async (level: number) => {
      read.push(`level ${level}`);
      return drawings[level]!;
    },
  };
  return { columns, trace, files, read };
}

describe("a time line of a copy", () => {
  test("is what the server draws, for any stretch that is not too long", async () => {
    const steps = 5_000;
    const { columns, trace, files } = copied(steps);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(steps + 10),
        fc.nat(steps + 10),
        fc.integer({ min: 1, max: 1_000 }),
        async (one, other, points) => {
          const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
          const answer = await copiedTimeline(trace, { fromStep: from, toStep: to, points }, files);
          const end = Math.min(to, steps + 1);
          const start = Math.min(from, end - 1);
          expect(answer.window).toEqual(windowOf(columns, { fromStep: start, toStep: end, points }));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("of 100,000 steps reads one drawing for all of it, and few files for a part", async () => {
    const steps = 100_000;
    const { columns, trace, files, read } = copied(steps);
    const all = await copiedTimeline(trace, { fromStep: 0, toStep: steps + 1, points: 1_000 }, files);
    expect(all.window).toEqual(windowOf(columns, { fromStep: 0, toStep: steps + 1, points: 1_000 }));
    expect(read.splice(0)).toEqual(["level 0"]);
    const third = await copiedTimeline(trace, { fromStep: 20_000, toStep: 53_000, points: 1_000 }, files);
    expect(read.splice(0)).toEqual(["level 1"]);
    expect(third.window.points).toBeGreaterThan(600);
    expect(third.window.points).toBeLessThanOrEqual(1_002);
    expect(third.window).toEqual(
      windowOf(columns, { ...third.window, points: third.window.points, stepsPerPoint: third.window.stepsPerPoint }),
    );
    await copiedTimeline(trace, { fromStep: 50_000, toStep: 60_000, points: 1_000 }, files);
    expect(read.length).toBeLessThanOrEqual(exactSegments / segmentsPerPack + 1);
    expect(read.every((name) => name.startsWith("pack"))).toBe(true);
  });

  test("cut out of a drawing has the points that the stretch touches", () => {
    const columns = columnsOf(999);
    const whole = windowOf(columns, { fromStep: 0, toStep: 1_000, points: 100 });
    expect(cutOut(whole, 15, 41)).toEqual(windowOf(columns, { fromStep: 10, toStep: 50, points: 4 }));
    expect(cutOut(whole, 0, 1_000)).toEqual(whole);
  });
});
