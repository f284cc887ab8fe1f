/** Statistics of a comparison, against answers found by hand or with other programs (SciPy 1.17: stats.bootstrap, stats.nct). */
import { describe, expect, test } from "bun:test";
import { bootstrapMean } from "../../src/metrics/bootstrap.ts";
import { type ComparedRun, compareRuns } from "../../src/metrics/comparison.ts";
import { normalProbability, normalQuantile } from "../../src/metrics/normal.ts";
import { pairedDifference } from "../../src/metrics/paired.ts";
import { pairsToShow } from "../../src/metrics/sample-size.ts";
import { seededIntegers } from "../../src/metrics/seeded-random.ts";

describe("the normal distribution", () => {
  test.each([
    [0, 0.5],
    [1.959963984540054, 0.975],
    [-1, 0.15865525393145707],
    [3, 0.9986501019683699],
    [-5, 2.866515719235352e-7],
  ])("P(Z <= %d) is %d, and back", (z, probability) => {
    expect(normalProbability(z)).toBeCloseTo(probability, 12);
    expect(normalQuantile(probability)).toBeCloseTo(z, 8);
  });
});

describe("seeded integers", () => {
  test("are those of the published generator (xoshiro128** in Python, by hand, seed 5)", () => {
    const next = seededIntegers(5);
    expect([next(1000), next(1000), next(1000), next(1000)]).toEqual([207, 20, 592, 531]);
  });

  test("are even over the range, and follow from the seed alone", () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 30_000 },
        (
          (next) => () =>
            next(6)
        )(seededIntegers(seed)),
      );
    const drawn = draw(1);
    expect(draw(1)).toEqual(drawn);
    expect(draw(2)).not.toEqual(drawn);
    for (let face = 0; face < 6; face++) {
      // 5,000 expected, deviation 65: five deviations.
      expect(Math.abs(drawn.filter((value) => value === face).length - 5000)).toBeLessThan(325);
    }
  });
});

describe("the bootstrap interval of a mean", () => {
  // scipy.stats.bootstrap, method BCa, 400,000 resamples. Means of few values lie on a grid, whose step is the slack given here.
  test.each([
    [[0.1, 0.4, 0.2, 0.9, 0.3, 0.3, 0, 0.6, 0.2, 0.5], 0.22, 0.53, 0.011],
    [[0.05, -0.1, 0.2, 0.3, 0, 0.15, -0.05, 0.4], 0.0125, 0.2375, 0.007],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0, 0.5, 0.001],
    [[0, 0.045, 0.09, 0.045, 0.136, 0.318, 0.045, 0, 0.182, 0.09, 0.09, 0.045], 0.05275, 0.15858, 0.004],
  ])("of %p is %d to %d, as SciPy has it", (values, low, high, slack) => {
    const interval = bootstrapMean(values);
    expect(Math.abs((interval?.low ?? 9) - low)).toBeLessThanOrEqual(slack);
    expect(Math.abs((interval?.high ?? 9) - high)).toBeLessThanOrEqual(slack);
  });

  test("is the same each time, has no width for equal values, and is unknown for fewer than two", () => {
    const values = [0.1, 0.2, 0.7, 0.3];
    expect(bootstrapMean(values)).toEqual(bootstrapMean([...values]));
    expect(bootstrapMean([0.1, 0.1, 0.1])).toEqual({ low: expect.closeTo(0.1), high: expect.closeTo(0.1) });
    expect(bootstrapMean([0.4])).toBeUndefined();
  });

  test("holds the true mean about as often as it says: 40 draws of a skewed distribution, 300 times", () => {
    const next = seededIntegers(11);
    let held = 0;
    for (let round = 0; round < 300; round++) {
      // Mean of the square of an even draw on [0, 1]: 1/3.
      const values = Array.from({ length: 40 }, () => (next(2 ** 20) / 2 ** 20) ** 2);
      const interval = bootstrapMean(values, { resamples: 1000, seed: round, coverage: 0.95 });
      if (interval && interval.low <= 1 / 3 && 1 / 3 <= interval.high) held++;
    }
    // 95 % with a deviation of 1.3 points; four deviations down, and not always.
    expect(held / 300).toBeGreaterThan(0.9);
    expect(held).toBeLessThan(300);
  });
});

describe("pairs that would show a difference", () => {
  // The exact numbers by the noncentral t distribution (scipy.stats.nct).
  test.each([
    [0.1, 787],
    [0.2, 199],
    [0.3, 90],
    [0.5, 34],
    [0.8, 15],
    [1, 10],
    [1.2, 8],
    [1.5, 6],
  ])("of %d deviations are %d", (effect, pairs) => {
    expect(pairsToShow(effect, 1)).toBe(pairs);
    expect(pairsToShow(-effect / 20, 0.05)).toBe(pairs);
  });

  test("cannot be told where there is no difference or no deviation", () => {
    expect(pairsToShow(0, 0.1)).toBeUndefined();
    expect(pairsToShow(0.1, 0)).toBeUndefined();
    expect(pairsToShow(0, 0)).toBeUndefined();
  });
});

describe("a paired difference", () => {
  test("is the mean of the differences, by hand: 0.1 0.2 0.3 has deviation 0.1, an effect of 2", () => {
    const pairs = [
      { baseline: 0.5, other: 0.6 },
      { baseline: 0.1, other: 0.3 },
      { baseline: 0, other: 0.3 },
    ];
    expect(pairedDifference(pairs)).toMatchObject({
      planned: 3,
      pairs: 3,
      mean: expect.closeTo(0.2),
      deviation: expect.closeTo(0.1),
      low: expect.closeTo(0.1),
      high: expect.closeTo(0.3),
      pairsToShow: 4,
      worst: undefined,
      best: undefined,
    });
  });

  test("counts what is missing on each side, and says how bad or good it could be", () => {
    const difference = pairedDifference([
      { baseline: 0.5, other: 0.5 },
      { baseline: 0.5, other: undefined },
      { baseline: undefined, other: 0.25 },
      { baseline: undefined, other: undefined },
    ]);
    expect(difference).toMatchObject({ planned: 4, pairs: 1, missingInBaseline: 2, missingInOther: 2, mean: 0 });
    expect(difference.low).toBeUndefined();
    expect(difference.worst).toBeCloseTo((0 - 0.5 - 0.75 - 1) / 4);
    expect(difference.best).toBeCloseTo((0 + 0.5 + 0.25 + 1) / 4);
  });

  test("of nothing is unknown", () => {
    expect(pairedDifference([])).toMatchObject({ planned: 0, pairs: 0, mean: undefined, worst: undefined });
  });
});

describe("a comparison", () => {
  const run = (name: string, task: string, values: (number | undefined)[], firstSeed = 0): ComparedRun => ({
    name,
    episodes: values.map((progress, index) => ({ task, seed: firstSeed + index, progress })),
  });
  const both = (name: string, ...runs: ComparedRun[]): ComparedRun => ({
    name,
    episodes: runs.flatMap(({ episodes }) => episodes),
  });

  test("pairs by task and seed, not by order, and is told by task", () => {
    const first = both("A", run("A", "easy", [0.2, 0.4]), run("A", "hard", [0, 0.1]));
    const second = both("B", run("B", "hard", [0.1, 0.1]), run("B", "easy", [0.5, 0.5]));
    const { differences, tasks, runs } = compareRuns([first, { name: "B", episodes: second.episodes.toReversed() }]);
    expect(tasks).toEqual(["easy", "hard"]);
    expect(runs.map(({ mean }) => mean)).toEqual([expect.closeTo(0.175), expect.closeTo(0.3)]);
    expect(runs[1]?.tasks.map(({ task, mean }) => [task, mean])).toEqual([
      ["easy", 0.5],
      ["hard", 0.1],
    ]);
    expect(differences[0]).toMatchObject({ baseline: "A", name: "B", pairs: 4, mean: expect.closeTo(0.125) });
    expect(differences[0]?.tasks.map(({ task, mean }) => [task, mean]).sort()).toEqual([
      ["easy", expect.closeTo(0.2)],
      ["hard", expect.closeTo(0.05)],
    ]);
  });

  test("warns when episodes are missing more often in one run, and keeps them out of every mean", () => {
    const full = run("A", "t", Array(12).fill(0.5));
    const holes = run("B", "t", [undefined, undefined, ...Array(10).fill(0.75)]);
    const { runs, differences, warnings } = compareRuns([full, holes]);
    expect(runs[1]).toMatchObject({ mean: 0.75, count: 10, missing: 2 });
    expect(differences[0]).toMatchObject({ pairs: 10, planned: 12, missingInOther: 2, mean: 0.25 });
    expect(warnings[0]).toContain("not equally often (A: 0 of 12; B: 2 of 12)");
    expect(warnings[1]).toContain("2 of 12 pairs lack an episode");
    expect(warnings[1]).toContain("from +12.5 to +29.2 points");
  });

  test("says equal missing rates without alarm, and says nothing when all is there", () => {
    const holes = (name: string) => run(name, "t", [undefined, ...Array(11).fill(0.5)]);
    expect(compareRuns([holes("A"), holes("B")]).warnings[0]).toStartWith("Episodes are missing (A: 1 of 12");
    const whole = (name: string) => run(name, "t", Array(12).fill(0.5));
    expect(compareRuns([whole("A"), whole("B")]).warnings).toEqual([]);
  });

  test("says which episodes only one run planned, and when there are none in common", () => {
    const apart = compareRuns([run("A", "t", [0, 1]), run("B", "t", [0, 1], 9)]);
    expect(apart.differences[0]).toMatchObject({ planned: 0, mean: undefined, onlyInBaseline: 2, onlyInOther: 2 });
    expect(apart.warnings.join()).toContain("share no episode");
    const partly = compareRuns([run("A", "t", [0, 1]), run("B", "t", [0.5, 1, 1], 1)]);
    expect(partly.differences[0]).toMatchObject({ planned: 1, mean: -0.5, onlyInBaseline: 1, onlyInOther: 2 });
    expect(partly.warnings.join()).toContain("1 are planned only in the first and 2 only in the second");
    expect(partly.warnings.join()).toContain("only 1 finished pairs");
  });

  test("compares each further run with the first", () => {
    const { differences } = compareRuns([run("A", "t", [0]), run("B", "t", [0.5]), run("C", "t", [1])]);
    expect(differences.map(({ baseline, name, mean }) => [baseline, name, mean])).toEqual([
      ["A", "B", 0.5],
      ["A", "C", 1],
    ]);
  });
});
