import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { predictedSuccess } from "../../../src/metrics/sequential/futility.ts";

const difference = fc.integer({ min: -20, max: 20 }).map((steps) => steps / 20);

describe("the predicted chance of success", () => {
  test("is even when the trend leads just to the boundary", () => {
    // 4 pairs of 16 with sum / root of squares = z: the trend ends at 2 z. Level 0.0228 needs 2.
    const differences = [0.3, 0.3, 0.3, -0.1];
    const now = 0.8 / Math.sqrt(0.28);
    const level = 1 - 0.99875569; // needs 2 * now = 3.0237
    expect(2 * now).toBeCloseTo(3.0237, 3);
    expect(predictedSuccess(differences, 16, level)).toBeCloseTo(0.5, 2);
  });

  test("is slim after a bad start and good after a good one", () => {
    const good = Array.from({ length: 10 }, (_, index) => (index % 5 === 0 ? -0.1 : 0.2));
    const bad = good.map((value) => -value);
    expect(predictedSuccess(good, 60, 0.005)).toBeGreaterThan(0.9);
    expect(predictedSuccess(bad, 60, 0.005)).toBeLessThan(0.01);
  });

  test("knows the end at the last pair", () => {
    expect(predictedSuccess([0.2, 0.2, 0.2, 0.2, 0.2], 5, 0.05)).toBe(1);
    expect(predictedSuccess([0.2, -0.2, 0.2, -0.2, 0.2], 5, 0.05)).toBe(0);
  });

  test("says nothing against a candidate while there are only ties", () => {
    expect(predictedSuccess([0, 0, 0, 0], 60, 0.001)).toBe(1);
    expect(predictedSuccess([], 60, 0.001)).toBe(1);
  });

  test("is a probability, does not depend on the unit, and falls with the level", () => {
    fc.assert(
      fc.property(fc.array(difference, { minLength: 1, maxLength: 30 }), (differences) => {
        const chance = predictedSuccess(differences, 40, 0.01);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
        const halved = differences.map((value) => value / 2);
        expect(predictedSuccess(halved, 40, 0.01)).toBeCloseTo(chance, 9);
        expect(predictedSuccess(differences, 40, 0.001)).toBeLessThanOrEqual(chance);
      }),
    );
  });
});
