import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { discordance } from "../../../src/metrics/sequential/discordance.ts";

describe("whether counts differ", () => {
  test("five against none are one pattern of 32, on either side", () => {
    expect(discordance(5, 0)).toBe(2 / 32);
    expect(discordance(0, 5)).toBe(2 / 32);
  });

  test("four against none can be chance at 0.1, and equal counts always", () => {
    expect(discordance(4, 0)).toBe(0.125);
    expect(discordance(0, 0)).toBe(1);
    expect(discordance(3, 3)).toBe(1);
  });

  test("one against eight: 2 (1 + 9) / 512", () => {
    expect(discordance(1, 8)).toBeCloseTo(20 / 512, 12);
  });

  test("is a probability, the same both ways, and falls as the counts part", () => {
    const few = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(few, few, (first, second) => {
        const chance = discordance(first, second);
        expect(chance).toBeGreaterThan(0);
        expect(chance).toBeLessThanOrEqual(1);
        expect(discordance(second, first)).toBeCloseTo(chance, 12);
        if (first > second) expect(discordance(first + 1, second)).toBeLessThanOrEqual(chance);
      }),
    );
  });
});
