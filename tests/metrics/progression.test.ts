import { describe, expect, test } from "bun:test";
import { progression } from "../../src/metrics/progression.ts";
import { timeFigures } from "../../src/metrics/step-times.ts";
import { twoSidedQuantile } from "../../src/metrics/student-t.ts";

const scores = (values: (number | undefined)[], task = "t") => values.map((progress) => ({ task, progress }));

describe("Student's t", () => {
  test.each([
    [1, 0.95, 12.7062],
    [2, 0.95, 4.3027],
    [4, 0.95, 2.7764],
    [9, 0.95, 2.2622],
    [30, 0.95, 2.0423],
    [10_000, 0.95, 1.9602],
    [5, 0.99, 4.0321],
    [3, 0.5, 0.7649],
  ])("with %d degrees of freedom, %d inside: %d", (degrees, coverage, expected) => {
    expect(twoSidedQuantile(degrees, coverage)).toBeCloseTo(expected, 3);
  });
});

describe("progression", () => {
  test("is the mean with its interval, by hand: 0.2 0.4 0.6 has standard error 0.11547", () => {
    const { mean, low, high, count, missing } = progression(scores([0.2, 0.4, 0.6]));
    expect([mean, count, missing]).toEqual([expect.closeTo(0.4), 3, 0]);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.4 + 4.3027 * 0.11547, 4);
  });

  test("leaves missing episodes out of the mean and says how many there are", () => {
    expect(progression(scores([0.5, undefined, 0.5, undefined]))).toMatchObject({
      mean: 0.5,
      low: 0.5,
      high: 0.5,
      count: 2,
      missing: 2,
    });
  });

  test("of nothing is unknown, of one has no interval", () => {
    expect(progression(scores([undefined]))).toMatchObject({ mean: undefined, low: undefined, count: 0, missing: 1 });
    expect(progression(scores([0]))).toMatchObject({ mean: 0, low: undefined, high: undefined });
  });

  test("is told by task as well, each episode counting the same over all", () => {
    const both = progression([...scores([1, 0], "a"), ...scores([0.25], "b"), ...scores([undefined], "c")]);
    expect(both.mean).toBeCloseTo(1.25 / 3);
    expect(both.tasks.map(({ task, mean, missing }) => [task, mean, missing])).toEqual([
      ["a", 0.5, 0],
      ["b", 0.25, 0],
      ["c", undefined, 1],
    ]);
  });
});

test("times are split into model, game and the rest", () => {
  const sums = { steps: 2, totalMs: 1500, gameMs: 150, modelMs: 1200 };
  const { steps: count, modelSeconds, gameSeconds, harnessSeconds } = timeFigures(sums);
  expect([count, modelSeconds, gameSeconds]).toEqual([2, 1.2, 0.15]);
  expect(harnessSeconds).toBeCloseTo(0.15);
});
