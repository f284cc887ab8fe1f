/** The sign-flip walk against counting every pattern of signs, and what holds for any differences. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SignFlipWalk, stepsPerUnit } from "../../../src/metrics/sequential/sign-flip.ts";

/** Differences that the grid holds exactly, ties among them. */
const onGrid = fc.integer({ min: -6, max: 6 }).map((steps) => (steps * 128) / stepsPerUnit);

describe("one stage", () => {
  test("three equal gains are the best of eight patterns", () => {
    const stage = oneStage([0.5, 0.5, 0.5], 0.2);
    expect(stage).toEqual({ sum: 1.5, value: 1 / 8, threshold: 0.2, crossed: true, boundary: 1.5 });
  });

  test("a sum that other patterns reach, too, is counted with them", () => {
    // +3 +2 +1: 6, 4, 2, 0 (twice), -2, -4, -6; with +3 +2 -1 the sum is 4.
    expect(oneStage([0.3, 0.2, -0.1].map(ofStep), 0.05).value).toBe(2 / 8);
    expect(oneStage([0.3, -0.2, -0.1].map(ofStep), 0.05).value).toBe(5 / 8);
  });

  test("nothing but ties shows nothing, whatever may be spent", () => {
    const stage = oneStage([0, 0, 0, 0, 0, 0], 0.9);
    expect(stage).toMatchObject({ value: 1, crossed: false, boundary: undefined });
  });

  test("ties change nothing", () => {
    expect(oneStage([0.25, 0, 0.5, 0, -0.125], 0.3)).toEqual(oneStage([0.25, 0.5, -0.125], 0.3));
  });

  test("no value below one pattern can be had", () => {
    const all = Array.from({ length: 9 }, () => 0.25);
    expect(oneStage(all, 2 ** -10)).toMatchObject({ value: 2 ** -9, crossed: false, boundary: undefined });
    expect(oneStage(all, 2 ** -9).crossed).toBe(true);
  });

  test("does not gain when a difference falls: p is the chance that a random part of them sums to 0 or less", () => {
    const fall = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(onGrid, fall), { minLength: 1, maxLength: 12 }), (pairs) => {
        const higher = pairs.map(([difference]) => difference);
        const lower = pairs.map(([difference, steps]) => Math.max(-1, difference - (steps * 128) / stepsPerUnit));
        expect(oneStage(lower, 0.05).value).toBeGreaterThanOrEqual(oneStage(higher, 0.05).value - 1e-12);
      }),
    );
  });

  test("does not depend on the order or on the unit", () => {
    fc.assert(
      fc.property(fc.array(onGrid, { minLength: 1, maxLength: 14 }), (differences) => {
        const { value } = oneStage(differences, 0.05);
        expect(oneStage(differences.toReversed(), 0.05).value).toBeCloseTo(value, 12);
        const halved = differences.map((difference) => difference / 2);
        expect(oneStage(halved, 0.05).value).toBeCloseTo(value, 12);
      }),
    );
  });
});

describe("several stages", () => {
  test("the value after each stage is what counting all patterns gives", () => {
    fc.assert(
      fc.property(
        fc.array(onGrid, { minLength: 2, maxLength: 9 }),
        fc.array(fc.double({ min: 0, max: 0.3, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (differences, increments) => {
          const spending = increments.map((_, index) => increments.slice(0, index + 1).reduce((a, b) => a + b, 0));
          const walk = new SignFlipWalk();
          const told = differences.map((difference, index) => {
            walk.add(difference);
            return walk.stage(spending[index]!);
          });
          const counted = byCounting(differences, spending);
          const end = told.findIndex(({ crossed }) => crossed);
          const compared = end === -1 ? told.length : end + 1;
          for (let index = 0; index < compared; index++) {
            expect(told[index]!.value).toBeCloseTo(counted[index]!.value, 12);
            if (Math.abs(counted[index]!.value - spending[index]!) > 1e-9)
              expect(told[index]!.crossed).toBe(counted[index]!.value <= spending[index]!);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("over all patterns of signs, no more cross than may be spent, and the first stage's crossings are all used", () => {
    const sizes = [0.31, 0.02, 0.25, 0.25, 0.11, 0.4, 0.07, 0.18, 0.22, 0.13];
    const stages = new Map([
      [6, 0.02],
      [8, 0.06],
      [10, 0.1],
    ]);
    let crossed = 0;
    for (let pattern = 0; pattern < 2 ** sizes.length; pattern++) {
      const walk = new SignFlipWalk();
      for (const [index, size] of sizes.entries()) {
        walk.add(pattern & (1 << index) ? size : -size);
        const spend = stages.get(index + 1);
        if (spend !== undefined && walk.stage(spend).crossed) {
          crossed++;
          break;
        }
      }
    }
    expect(crossed / 2 ** sizes.length).toBeLessThanOrEqual(0.1);
    expect(crossed / 2 ** sizes.length).toBeGreaterThan(0.09);
  });
});

function ofStep(value: number): number {
  return Math.round(value * stepsPerUnit) / stepsPerUnit;
}

function oneStage(differences: readonly number[], mayBeSpent: number) {
  const walk = new SignFlipWalk();
  for (const difference of differences) walk.add(difference);
  return walk.stage(mayBeSpent);
}

/** Each stage's value, by listing the sums of every pattern that has not crossed. Sums are in steps, so they are exact. */
function byCounting(differences: readonly number[], spending: readonly number[]): { value: number }[] {
  let alive: number[] = [0];
  let weight = 1;
  let spent = 0;
  let observed = 0;
  return differences.map((difference, index) => {
    const steps = Math.round(difference * stepsPerUnit);
    observed += steps;
    alive = alive.flatMap((sum) => [sum + Math.abs(steps), sum - Math.abs(steps)]);
    weight /= 2;
    const value = spent + weight * alive.filter((sum) => sum >= observed).length;
    for (const highest of [...new Set(alive)].sort((one, other) => other - one)) {
      const mass = weight * alive.filter((sum) => sum === highest).length;
      if (spent + mass > spending[index]!) break;
      spent += mass;
      alive = alive.filter((sum) => sum !== highest);
    }
    return { value };
  });
}
