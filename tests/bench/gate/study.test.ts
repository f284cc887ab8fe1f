/**
 * The simulation in small: the gate's promise, and that its rivals are what they are said to be. The whole of it is `simulate.ts`.
 * All from seeds: the same campaigns every time.
 */
import { describe, expect, test } from "bun:test";
import { chanceFrom } from "./chance.ts";
import { chosen, rivals, shipped, shippedLevel } from "./gates.ts";
import { againstFixed, manyCampaigns, manyLooks, usualCampaign, wilson } from "./study.ts";
import { skewedWorlds, worlds } from "./worlds.ts";

describe("campaigns in which no candidate is better", () => {
  for (const [place, world] of worlds.entries()) {
    test(`${world.name}: the gate accepts falsely in at most 5 of 100, the paper's in nearly all`, () => {
      const { falseAccepts, looks } = manyCampaigns({ ...usualCampaign, world, rival: chosen }, 300, place);
      expect(falseAccepts.share).toBeLessThanOrEqual(shipped.alpha);
      expect(looks).toBeGreaterThan(10);
      const paper = manyCampaigns({ ...usualCampaign, world, rival: undefined }, 100, place);
      expect(paper.falseAccepts.low).toBeGreaterThan(0.8);
    });
  }

  test("the bound would not hold if every test could spend 5 %", () => {
    const careless = { ...usualCampaign, world: worlds[0]!, rival: chosen, levelFor: () => shipped.alpha };
    expect(manyCampaigns(careless, 100, 1).falseAccepts.low).toBeGreaterThan(shipped.alpha);
  });
});

describe("a single test", () => {
  for (const rival of rivals.filter(({ name }) => name !== "asymptotic confidence sequence")) {
    test(`${rival.name}: keeps a level of 5 % and finds ten points nearly always`, () => {
      const world = worlds[0]!;
      const none = manyLooks({ world, rival, gain: 0, level: 0.05 }, 1000, 3);
      expect(none.accepted.low).toBeLessThanOrEqual(0.05);
      expect(manyLooks({ world, rival, gain: 0.1, level: 0.05 }, 200, 3).accepted.low).toBeGreaterThan(0.85);
    });
  }

  test("the gate takes fewer than half of the pairs when there is no gain", () => {
    const { pairs } = manyLooks({ world: worlds[1]!, rival: chosen, gain: 0, level: shippedLevel(0) }, 300, 2);
    expect(pairs).toBeLessThan(shipped.maximumPairs / 2);
  });
});

test("at the power of a fixed t-test, the gate takes at most 60 % of its confirm episodes", () => {
  const plan = { ...usualCampaign, world: worlds[0]!, realShare: 0.2, gain: 0.05 };
  const { ratio, gate } = againstFixed(plan, chosen, 200, 5);
  expect(gate.trueAccepts).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThanOrEqual(0.6);
});

describe("the worlds", () => {
  test("give scores in [0, 1] whose mean rises by the gain", () => {
    for (const world of worlds) {
      const means = [0, 0.1].map((gain) => {
        const chance = chanceFrom(9);
        let sum = 0;
        for (let index = 0; index < 20_000; index++) {
          const score = world.play(world.seed(chance), gain, chance);
          expect(score >= 0 && score <= 1).toBe(true);
          sum += score;
        }
        return sum / 20_000;
      });
      expect(means[1]! - means[0]!, world.name).toBeGreaterThan(0.09);
      expect(means[1]! - means[0]!, world.name).toBeLessThan(0.11);
    }
  });

  test("whose arms differ have the same mean", () => {
    for (const world of skewedWorlds) {
      const chance = chanceFrom(10);
      let sum = 0;
      for (let index = 0; index < 40_000; index++) {
        const seed = world.seed(chance);
        sum += world.candidate!(seed, 0, chance) - world.play(seed, 0, chance);
      }
      expect(Math.abs(sum / 40_000), world.name).toBeLessThan(0.003);
    }
  });
});

test("Wilson's interval of 8 in 10 is 0.490 to 0.943", () => {
  const { low, high } = wilson(8, 10);
  expect(low).toBeCloseTo(0.4902, 3);
  expect(high).toBeCloseTo(0.9433, 3);
});
