import { describe, expect, test } from "bun:test";
import { confidenceSequence } from "../../../src/metrics/sequential/confidence-sequence.ts";
import { chanceFrom } from "../../bench/gate/chance.ts";

describe("a confidence sequence", () => {
  test("is not there for fewer than two values, nor for equal ones", () => {
    expect(confidenceSequence([])).toBeUndefined();
    expect(confidenceSequence([0.3])).toBeUndefined();
    expect(confidenceSequence([0.1, 0.1, 0.1])).toBeUndefined();
  });

  test("of 30 values with deviation 1 reaches 0.554 to either side", () => {
    // By hand: tuning (5.99146 + log 6.99146) / 30 = 0.264545; 30 x that + 1 = 8.93636;
    // root of 2 x 8.93636 / (900 x 0.264545) x log(root 8.93636 / 0.05) = root of 0.0750671 x 4.090813.
    const values = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 1 : -1) * Math.sqrt(29 / 30));
    const [low, high] = confidenceSequence(values)!;
    expect(high).toBeCloseTo(0.55415, 4);
    expect(low).toBeCloseTo(-0.55415, 4);
  });

  test("is wider than an interval that may be read only once", () => {
    const chance = chanceFrom(4);
    const values = Array.from({ length: 40 }, () => chance.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / 40;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 39);
    const [low, high] = confidenceSequence(values)!;
    expect((high - low) / 2).toBeGreaterThan((2.0227 * deviation) / Math.sqrt(40));
  });

  test("holds the mean at every count from 10 to 60, in at least 95 of 100 sequences", () => {
    const chance = chanceFrom(8);
    let held = 0;
    for (let sequence = 0; sequence < 1000; sequence++) {
      const values: number[] = [];
      let inside = true;
      while (values.length < 60 && inside) {
        values.push(0.1 + 0.17 * chance.normal());
        const interval = confidenceSequence(values);
        if (values.length >= 10 && interval) inside = interval[0] <= 0.1 && 0.1 <= interval[1];
      }
      if (inside) held++;
    }
    expect(held).toBeGreaterThanOrEqual(950);
  });
});
