/** What holds for every comparison, whatever the scores. */
import { describe, test } from "bun:test";
import fc from "fast-check";
import { bootstrapMean } from "../../src/metrics/bootstrap.ts";
import { compareRuns } from "../../src/metrics/comparison.ts";
import { pairedDifference } from "../../src/metrics/paired.ts";

const options = { resamples: 400, seed: 3, coverage: 0.95 };
/** Shares as games give them: doors, achievements. */
const share = fc.integer({ min: 0, max: 22 }).map((count) => count / 22);
const progress = fc.option(share, { nil: undefined, freq: 4 });
const near = (one: number | undefined, other: number | undefined) =>
  one === other || (one !== undefined && other !== undefined && Math.abs(one - other) < 1e-9);

describe("a bootstrap interval", () => {
  test("lies within the values and has its ends in order", () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 2, maxLength: 30 }), (values) => {
        const { low, high } = bootstrapMean(values, options)!;
        return low <= high && low >= Math.min(...values) - 1e-9 && high <= Math.max(...values) + 1e-9;
      }),
    );
  });

  test("of negated values is the negated interval", () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 2, maxLength: 30 }), (values) => {
        const interval = bootstrapMean(values, options)!;
        const mirrored = bootstrapMean(
          values.map((value) => -value),
          options,
        )!;
        return near(mirrored.low, -interval.high) && near(mirrored.high, -interval.low);
      }),
    );
  });
});

describe("a paired difference", () => {
  const pairs = fc.array(fc.record({ baseline: progress, other: progress }), { maxLength: 12 });

  test("turns round when the runs change places", () => {
    const minus = (value: number | undefined) => (value === undefined ? undefined : -value);
    fc.assert(
      fc.property(pairs, (planned) => {
        const there = pairedDifference(planned);
        const back = pairedDifference(planned.map(({ baseline, other }) => ({ baseline: other, other: baseline })));
        return (
          near(back.mean, minus(there.mean)) &&
          near(back.worst, minus(there.best)) &&
          near(back.best, minus(there.worst)) &&
          back.pairsToShow === there.pairsToShow &&
          back.missingInOther === there.missingInBaseline
        );
      }),
      { numRuns: 40 },
    );
  });

  test("counts every planned pair, and bounds what it could be if nothing were missing", () => {
    fc.assert(
      fc.property(pairs, fc.infiniteStream(share), (planned, filling) => {
        const { pairs: finished, worst, best, planned: all } = pairedDifference(planned);
        const unfinished = planned.filter(({ baseline, other }) => baseline === undefined || other === undefined);
        if (finished + unfinished.length !== all) return false;
        if (unfinished.length === 0) return worst === undefined && best === undefined;
        const full = planned.map(({ baseline, other }) => {
          const [one, two] = [filling.next().value, filling.next().value];
          return (other ?? two) - (baseline ?? one);
        });
        const truth = full.reduce((sum, value) => sum + value, 0) / full.length;
        return worst! <= truth + 1e-9 && truth <= best! + 1e-9;
      }),
      { numRuns: 60 },
    );
  });
});

test("no planned episode is lost between score, missing and pairs", () => {
  const run = fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b"), fc.nat(9), progress), {
    selector: ([task, seed]) => `${task}${seed}`,
    maxLength: 8,
  });
  fc.assert(
    fc.property(run, run, (one, other) => {
      const episodes = (list: typeof one) => list.map(([task, seed, reached]) => ({ task, seed, progress: reached }));
      const { runs, differences } = compareRuns([
        { name: "A", episodes: episodes(one) },
        { name: "B", episodes: episodes(other) },
      ]);
      const difference = differences[0]!;
      return (
        runs[0]!.count + runs[0]!.missing === one.length &&
        runs[1]!.count + runs[1]!.missing === other.length &&
        difference.planned + difference.onlyInBaseline === one.length &&
        difference.planned + difference.onlyInOther === other.length &&
        difference.tasks.reduce((sum, { planned }) => sum + planned, 0) === difference.planned
      );
    }),
    { numRuns: 30 },
  );
});
