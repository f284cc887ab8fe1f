/** The arithmetic of successive halving. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { pointsThatFit, rungAmounts, rungSizes, trialsNeeded } from "../../../../src/train/decider/halving/rungs.ts";

describe("rungs", () => {
  test.each([
    [1, [1], 1],
    [2, [2, 1], 2],
    [3, [3, 1], 3],
    [4, [4, 2, 1], 4],
    [6, [6, 3, 1], 6],
    [8, [8, 4, 2, 1], 8],
  ])("of %p points have %p points and take %p trials", (points, sizes, trials) => {
    expect(rungSizes(points)).toEqual(sizes);
    expect(trialsNeeded(sizes)).toBe(trials);
  });

  test.each([
    [3, 3, [1, 2, 3]],
    [8, 4, [1, 2, 4, 8]],
    [2, 2, [1, 2]],
    [5, 1, [5]],
  ])("of %p epochs in %p rungs train for %p", (full, rungs, amounts) => {
    expect(rungAmounts(full, rungs)).toEqual(amounts);
  });

  test("that would train no longer than the one before are none", () => {
    expect(rungAmounts(2, 3)).toBeUndefined();
    expect(rungAmounts(1, 2)).toBeUndefined();
  });

  test("are as many as fit into trials and epochs, and no more points would", () => {
    const limits = fc.record({
      points: fc.integer({ min: 1, max: 40 }),
      trials: fc.integer({ min: 1, max: 40 }),
      full: fc.integer({ min: 2, max: 64 }),
    });
    fc.assert(
      fc.property(limits, ({ points, trials, full }) => {
        const fits = (count: number) => {
          const sizes = rungSizes(count);
          return trialsNeeded(sizes) <= trials && rungAmounts(full, sizes.length) !== undefined;
        };
        const most = pointsThatFit({ points, trials, full });
        expect(fits(most)).toBe(true);
        for (let more = most + 1; more <= points; more += 1) expect(fits(more)).toBe(false);
        const sizes = rungSizes(most);
        for (const [rung, size] of sizes.slice(1).entries())
          expect(size).toBeLessThanOrEqual((sizes[rung] as number) / 2);
        expect(rungAmounts(full, sizes.length)?.at(-1)).toBe(full);
      }),
    );
  });
});
