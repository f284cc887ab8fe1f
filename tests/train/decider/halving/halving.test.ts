/** The decider `halving`: how the ladder goes, from the ledger alone, also where configurations fail. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Recipe } from "../../../../src/core/trainer.ts";
import { createHalvingDecider } from "../../../../src/train/decider/halving/halving.ts";
import { recipeKey } from "../../../../src/train/decider/ledger.ts";
import {
  datasetOf,
  frameOf,
  hashOf,
  planJson,
  plansOf,
  playCampaign,
  recipeOf,
  rowOf,
  settingsOf,
} from "../support.ts";

/** A higher learning rate is better here, then a higher rank; longer training makes no difference. */
const byRate = ({ learningRate, rank }: Recipe) => Math.min(1, learningRate * 100 + rank / 1e4);

const shown = (plans: readonly { recipes: readonly Recipe[] }[]) =>
  plans.map(({ recipes }) => recipes.map(({ learningRate, rank, epochs }) => `${learningRate} ${rank} x${epochs}`));

describe("the ladder", () => {
  test("trains all points for a short time, the better half for longer, and the last in full", async () => {
    const settings = settingsOf({ epochs: 4 });
    const played = await playCampaign(createHalvingDecider(settings), { trials: 6, outcome: byRate });
    expect(shown(plansOf(played))).toEqual([
      ["0.001 16 x1", "0.003 16 x1"],
      ["0.00033 16 x1", "0.001 32 x1"],
      ["0.003 32 x1", "0.00033 32 x1"],
      ["0.003 32 x2", "0.003 16 x2"],
      ["0.001 32 x2"],
      ["0.003 32 x4"],
    ]);
    expect(plansOf(played).map(({ data }) => data.kind)).toEqual(["build", ...Array(5).fill("reuse")]);
  });

  test("takes as many points as fit into the trials, and says so", async () => {
    const played = await playCampaign(createHalvingDecider(settingsOf()), { trials: 3, outcome: byRate });
    expect(shown(plansOf(played))).toEqual([["0.001 16 x2", "0.003 16 x2"], ["0.00033 16 x2"], ["0.003 16 x3"]]);
    expect(played.asked[0]?.decision.reason).toContain("3 of 6 points fit");
  });

  test("of one trial is the recipe in full", async () => {
    const played = await playCampaign(createHalvingDecider(settingsOf()), { trials: 1, outcome: byRate });
    expect(shown(plansOf(played))).toEqual([["0.001 16 x3"]]);
  });

  test("ends when the last one was trained", async () => {
    const played = await playCampaign(createHalvingDecider(settingsOf()), { trials: 20, outcome: byRate });
    expect(played.asked.at(-1)?.decision).toMatchObject({ kind: "done", reason: expect.stringContaining("in full") });
  });

  test("shares out steps where the recipe says steps", async () => {
    const settings = settingsOf({ maxSteps: 40 }, { seed: [0, 1] });
    const played = await playCampaign(createHalvingDecider(settings), { trials: 2, outcome: () => 0.3 });
    expect(plansOf(played).map(({ recipes }) => recipes.map(({ maxSteps, seed }) => [maxSteps, seed]))).toEqual([
      [
        [20, 0],
        [20, 1],
      ],
      [[40, 0]],
    ]);
  });
});

describe("failures", () => {
  test("a point that failed does not go on, and the last one left goes to the end at once", async () => {
    const outcome = (recipe: Recipe) => (recipe.learningRate === 0.003 && recipe.rank === 16 ? 0.2 : undefined);
    const settings = settingsOf({ epochs: 4 });
    const played = await playCampaign(createHalvingDecider(settings), { trials: 6, outcome });
    expect(shown(plansOf(played)).slice(3)).toEqual([["0.003 16 x4"]]);
  });

  test("where all failed, there is nothing to go on with", async () => {
    const played = await playCampaign(createHalvingDecider(settingsOf()), { trials: 4, outcome: () => undefined });
    expect(played.asked.at(-1)?.decision).toMatchObject({ kind: "done", reason: expect.stringContaining("failed") });
  });

  test("data that did not come about ends the round with the reason", async () => {
    const world = { trials: 4, outcome: byRate, data: () => false };
    const played = await playCampaign(createHalvingDecider(settingsOf()), world);
    expect(played.asked).toHaveLength(2);
    expect(played.asked[1]?.decision.reason).toContain("Nothing was chosen.");
  });

  test("trials that went to something else are made up for: the rest of the rung is left out", async () => {
    const foreign = { data: { kind: "reuse" as const, dataset: hashOf("data 1") }, recipes: [recipeOf({ rank: 3 })] };
    const ledger = [1, 2, 3].map((number) => rowOf(foreign, byRate, { number, round: 1, dataset: hashOf("data 1") }));
    const frame = frameOf({ trial: 4, trialsLeft: 1, ledger, datasets: [datasetOf("data 1")] });
    const { decision } = await createHalvingDecider(settingsOf({ epochs: 4 })).decide(frame);
    expect(decision).toMatchObject({ kind: "plan", plan: { recipes: [{ ...recipeOf({ epochs: 4 }) }] } });
  });
});

test.each([
  [{ epochs: 1 }, {}, "2 at least"],
  [{ maxSteps: 1 }, {}, "2 at least"],
  [{}, { epochs: [2, 4] }, "leave out the axis epochs"],
])("settings that leave nothing to halve are refused: %p %p", (recipe, grid, problem) => {
  expect(() => createHalvingDecider(settingsOf(recipe, grid))).toThrow(problem);
});

const worlds = fc.record({
  full: fc.integer({ min: 2, max: 16 }),
  points: fc.integer({ min: 1, max: 12 }),
  trials: fc.integer({ min: 1, max: 14 }),
  /** Drawn on for each configuration in turn; null fails. */
  means: fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 }), { minLength: 1, maxLength: 30 }),
});

test("each rung is at most half of the one before, no trial is over, and the best of the last rung is trained in full", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ full, points, trials, means }) => {
      const seeds = Array.from({ length: points }, (_, seed) => seed);
      const settings = settingsOf({ epochs: full }, { seed: seeds });
      let at = 0;
      const outcome = () => means[at++ % means.length] ?? undefined;
      const played = await playCampaign(createHalvingDecider(settings), { trials, outcome });
      const recipes = plansOf(played).flatMap((plan) => plan.recipes);
      expect(new Set(recipes.map(recipeKey)).size).toBe(recipes.length);
      const sizes = [...Map.groupBy(recipes, ({ epochs }) => epochs)].map(([epochs, each]) => [epochs, each.length]);
      for (const [index, [epochs, size]] of sizes.entries()) {
        if (index === 0) continue;
        const [before, sizeBefore] = sizes[index - 1] as [number, number];
        expect(epochs).toBeGreaterThan(before);
        expect(size).toBeLessThanOrEqual(sizeBefore / 2);
      }
      const last = played.asked.at(-1)?.decision;
      const failed = last?.kind === "done" && last.reason.includes("failed");
      if (!failed) expect(recipes.at(-1)?.epochs).toBe(full);
    }),
    { numRuns: 100 },
  );
});

test("the next step depends on the ledger alone: on no order of its rows' other fields, and on no memory of the decider", async () => {
  const settings = settingsOf({ epochs: 4 });
  const { asked } = await playCampaign(createHalvingDecider(settings), { trials: 6, outcome: byRate });
  for (const { frame, decision } of [...asked].reverse()) {
    const again = await createHalvingDecider(settings).decide(JSON.parse(JSON.stringify(frame)));
    expect(planJson(again.decision as never)).toEqual(planJson(decision as never));
  }
});
