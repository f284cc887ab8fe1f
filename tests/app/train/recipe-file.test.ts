/** A recipe as a TOML file. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { parseRecipeFile, presetRecipe, printRecipe } from "../../../src/app/train/recipe-file.ts";
import { paperRecipes, Recipe } from "../../../src/core/trainer.ts";

describe("a recipe's file", () => {
  test("says what it says and no more, so that defaults hide nothing", () => {
    expect(parseRecipeFile('rank = 64\nlearningRate = 1e-4\ntargets = "attention"\n', "r.toml")).toEqual({
      rank: 64,
      learningRate: 1e-4,
      targets: "attention",
    });
    expect(parseRecipeFile("", "r.toml")).toEqual({});
  });

  test.each([
    ["rank = 0", "rank: 0 is not a whole number from 1 to 1024"],
    ["rank = 1.5", "rank: 1.5 is not a whole number from 1 to 1024"],
    ['epochs = "3"', 'epochs: "3" is not a whole number from 1 to 100'],
    ["dropout = 1", "dropout: 1 is not a number from 0 to 0.9"],
    ["learningRate = 0", "learningRate: 0 is not a number from 1e-8 to 1000000"],
    ["maxSteps = 0", "maxSteps: 0 is not a whole number from 1"],
    ['schedule = "sine"', 'schedule: "sine" is not "constant" or "linear" or "cosine"'],
    ["gradientCheckpointing = 1", "gradientCheckpointing: 1 is not true or false"],
    ["lr = 0.1", "lr: a recipe has no such field; it has rank, alpha, dropout, learningRate"],
    ["[rank]\nx = 1", 'rank: {"x":1} is not a whole number'],
    ["rank = nan", "rank: NaN is not a whole number"],
    ["rank = ", "r.toml line 1"],
  ])("%p is refused with its range", (text, problem) => {
    expect(() => parseRecipeFile(text, "r.toml")).toThrow(problem);
  });

  test("has every wrong field named at once", () => {
    expect(() => parseRecipeFile("rank = 0\nseed = -1", "r.toml")).toThrow(/rank: 0 .*; seed: -1 is not/);
  });

  test("is printed with a comment for each field, and read back as the same recipe", () => {
    const values = fc.record({
      rank: fc.integer({ min: 1, max: 1024 }),
      alpha: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      learningRate: fc.double({ min: 1e-8, max: 1e6, noNaN: true }),
      maxSteps: fc.option(fc.integer({ min: 1, max: 1e9 })),
      warmupShare: fc.double({ min: 0, max: 0.9, noNaN: true }),
      targets: fc.constantFrom("attention" as const, "all" as const),
      gradientCheckpointing: fc.boolean(),
      seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    });
    fc.assert(
      fc.property(values, (given) => {
        const recipe = v.parse(Recipe, given);
        const text = printRecipe(recipe);
        expect(v.parse(Recipe, parseRecipeFile(text, "r.toml"))).toEqual(recipe);
        expect(text.match(/^# /gm)?.length).toBe(Object.keys(recipe).length + (recipe.maxSteps === null ? 1 : 0));
      }),
    );
    expect(printRecipe(v.parse(Recipe, {}))).toStartWith(
      "# rank of the adapter: a whole number from 1 to 1024\nrank = 16\n",
    );
  });
});

test("the paper's recipe is there for its games, and refused by name for others", () => {
  expect(presetRecipe("paper", "crafter")).toEqual(paperRecipes.crafter.recipe);
  expect(presetRecipe(undefined, "courier")).toEqual({});
  expect(() => presetRecipe("paper", "courier")).toThrow("no recipe for courier; it has some for crafter");
  expect(() => presetRecipe("paper", "toString")).toThrow("no recipe for toString");
});
