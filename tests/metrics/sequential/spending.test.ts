import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { lookShare, stageSpending } from "../../../src/metrics/sequential/spending.ts";

describe("the shares of the looks", () => {
  test("equal shares are equal", () => {
    expect(lookShare(1, 30, 0)).toBeCloseTo(1 / 30, 12);
    expect(lookShare(30, 30, 0)).toBeCloseTo(1 / 30, 12);
  });

  test("of three looks with exponent 1 they are 6, 3 and 2 of 11", () => {
    expect(
      [1, 2, 3, 4].map((look) => 11 * lookShare(look, 3, 1)).map((share) => Math.round(share * 1e9) / 1e9),
    ).toEqual([6, 3, 2, 0]);
  });

  test("sum to 1, never rise, and are nothing past the last", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0, max: 3, noNaN: true }), (looks, exponent) => {
        const shares = Array.from({ length: looks }, (_, index) => lookShare(index + 1, looks, exponent));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const [index, share] of shares.entries()) expect(share).toBeLessThanOrEqual(shares[index - 1] ?? 1);
        expect(lookShare(looks + 1, looks, exponent)).toBe(0);
      }),
    );
  });
});

describe("what a test may have spent", () => {
  test("is its level at the end and grows to it", () => {
    expect(stageSpending(0.01, 1, 3)).toBe(0.01);
    expect(stageSpending(0.01, 0.5, 3)).toBeCloseTo(0.00125, 12);
    expect(stageSpending(0.01, 0.5, 1)).toBeCloseTo(0.005, 12);
  });

  test("is never more than the level, even past the last pair", () => {
    expect(stageSpending(0.01, 1.2, 2)).toBe(0.01);
  });
});
