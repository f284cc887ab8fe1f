/** The decider `grid`: which points, in what order, and that it always ends and repeats none. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createGridDecider } from "../../../src/train/decider/grid.ts";
import { recipeKey } from "../../../src/train/decider/ledger.ts";
import type { GridAxes } from "../../../src/train/settings.ts";
import {
  dataSettings,
  datasetOf,
  frameOf,
  hashOf,
  planJson,
  plansOf,
  playCampaign,
  recipeOf,
  rowOf,
  settingsOf,
} from "./support.ts";

const always = () => 0.3;

describe("the points", () => {
  test("begin with the recipe and the data of the settings, alone, then come two at a time with the same data", async () => {
    const start = recipeOf();
    const played = await playCampaign(createGridDecider(settingsOf()), { trials: 9, outcome: always });
    const [first, ...later] = plansOf(played);
    expect(first?.recipes).toEqual([start]);
    expect(first?.data).toEqual({ kind: "build", ...dataSettings, episodes: "round" });
    expect(later.map(({ recipes }) => recipes)).toEqual([
      [
        { ...start, learningRate: 0.003 },
        { ...start, learningRate: 0.00033 },
      ],
      [
        { ...start, epochs: 6 },
        { ...start, rank: 32, alpha: 64 },
      ],
      [{ ...start, epochs: 2 }],
    ]);
    expect(later.map(({ data }) => data)).toEqual(Array(3).fill({ kind: "reuse", dataset: hashOf("data 1") }));
    expect(played.asked.at(-1)?.decision).toMatchObject({
      kind: "done",
      reason: expect.stringContaining("All 6 points"),
    });
  });

  test("of a recipe with maxSteps vary the steps, and none lies outside its range", async () => {
    const settings = settingsOf({ maxSteps: 40, rank: 1024, alpha: 1024 });
    const tried = plansOf(await playCampaign(createGridDecider(settings), { trials: 9, outcome: always }));
    const recipes = tried.flatMap((plan) => plan.recipes);
    expect(recipes.map(({ maxSteps }) => maxSteps)).toEqual([40, 40, 40, 80, 20]);
    expect(new Set(recipes.map(({ epochs, rank }) => `${epochs} ${rank}`))).toEqual(new Set(["3 1024"]));
  });

  test("of axes are their product after the recipe itself, with alpha in proportion to the rank", async () => {
    const settings = settingsOf({}, { rank: [16, 64], learningRate: [1e-3, 1e-4], epochs: [3] });
    const tried = plansOf(await playCampaign(createGridDecider(settings), { trials: 9, outcome: always }));
    const said = tried.flatMap(({ recipes }) => recipes.map((each) => [each.rank, each.alpha, each.learningRate]));
    expect(said).toEqual([
      [16, 32, 1e-3],
      [16, 32, 1e-4],
      [64, 128, 1e-3],
      [64, 128, 1e-4],
    ]);
  });

  test("keep alpha where it has its own axis, and train by epochs where these have one", async () => {
    const settings = settingsOf({ maxSteps: 10 }, { rank: [64], alpha: [16], epochs: [2] });
    const recipes = plansOf(await playCampaign(createGridDecider(settings), { trials: 9, outcome: always }));
    expect(recipes[1]?.recipes).toEqual([recipeOf({ rank: 64, alpha: 16, epochs: 2, maxSteps: null })]);
  });

  test("in a later round are open again on its own data, the best so far first", async () => {
    const outcome = (recipe: { epochs: number }) => (recipe.epochs === 6 ? 0.5 : 0.2);
    const played = await playCampaign(createGridDecider(settingsOf()), { rounds: 2, trials: 3, outcome });
    const second = plansOf(played).slice(3);
    expect(second[0]).toMatchObject({ data: { kind: "build" }, recipes: [{ epochs: 6 }] });
    expect(second[1]).toMatchObject({ data: { kind: "reuse", dataset: hashOf("data 4") } });
  });

  test.each([
    [{ rank: [] }, "axis rank"],
    [
      { seed: Array.from({ length: 40 }, (_, seed) => seed), rank: Array.from({ length: 30 }, (_, rank) => rank + 1) },
      "1200 points",
    ],
  ] as [GridAxes, string][])("of axes that cannot be meant are refused: %p", (grid, problem) => {
    expect(() => createGridDecider(settingsOf({}, grid))).toThrow(problem);
  });
});

describe("failures", () => {
  test("data that did not come about ends the round with the reason", async () => {
    const played = await playCampaign(createGridDecider(settingsOf()), {
      trials: 4,
      outcome: always,
      data: () => false,
    });
    expect(played.asked).toHaveLength(2);
    expect(played.asked[1]?.decision).toMatchObject({
      kind: "done",
      reason: expect.stringContaining("Nothing was chosen."),
    });
  });

  test("a plan of another decider that cannot be read has no points, and does no harm", async () => {
    const plan = { data: { kind: "reuse" as const, dataset: hashOf("x") }, recipes: [recipeOf()] };
    const row = rowOf(plan, always, { number: 1, round: 1, dataset: hashOf("x") });
    const strange = { ...row, plan: { ...planJson(plan), recipes: "many" }, configurations: [] };
    const { decision } = await createGridDecider(settingsOf()).decide(
      frameOf({ trial: 2, ledger: [strange], datasets: [datasetOf("x")] }),
    );
    expect(decision.kind).toBe("plan");
  });
});

const axes = fc.record(
  {
    rank: fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 3 }),
    learningRate: fc.uniqueArray(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
    epochs: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
    targets: fc.constant(["all", "attention"] as ("all" | "attention")[]),
  },
  { requiredKeys: [] },
);

test("no point is tried twice in a round, and the grid always ends, whatever fails", async () => {
  await fc.assert(
    fc.asyncProperty(
      axes,
      fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1 }),
      async (grid, means) => {
        let at = 0;
        const outcome = () => means[at++ % means.length] ?? undefined;
        const played = await playCampaign(createGridDecider(settingsOf({}, grid)), { rounds: 2, trials: 40, outcome });
        for (const round of [1, 2]) {
          const inRound = played.asked.filter(({ frame }) => frame.round === round).map(({ decision }) => decision);
          expect(inRound.at(-1)?.kind).toBe("done");
          const keys = inRound.flatMap((each) => (each.kind === "plan" ? each.plan.recipes.map(recipeKey) : []));
          expect(new Set(keys).size).toBe(keys.length);
          expect(keys).toContain(recipeKey(recipeOf()));
        }
      },
    ),
    { numRuns: 25 },
  );
});
