/** Settings of `train`: layers, tables, messages. */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { parseRecipeFile } from "../../../src/app/train/recipe-file.ts";
import { parseTrainFile, resolveTrainSettings } from "../../../src/app/train/train-file.ts";
import { addTrainFlags, settingsOfTrainFlags, type TrainFlags } from "../../../src/cli/train/train-flags.ts";
import { ConfigError } from "../../../src/core/errors.ts";
import { paperRecipes } from "../../../src/core/trainer.ts";

const nothing = { run: {}, train: {} };
const run = { game: "crafter", model: "scripted:x.json" };

async function flagsOf(...words: string[]) {
  let said: TrainFlags = {};
  const command = addTrainFlags(new Command("train").argument("[game]")).exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  command.action((_game: string | undefined, flags: TrainFlags) => {
    said = flags;
  });
  await command.parseAsync(words, { from: "user" });
  return settingsOfTrainFlags("crafter", { model: "scripted:x.json", ...said });
}

async function faultOf(work: Promise<unknown>): Promise<ConfigError> {
  const fault = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(fault).toBeInstanceOf(ConfigError);
  return fault as ConfigError;
}

describe("layers", () => {
  test("nothing said gives the defaults, and as many tests share the error as there are trials", async () => {
    const settings = await resolveTrainSettings(nothing, { run, train: {} });
    expect(settings).toMatchObject({
      selector: "outcome",
      decider: "grid",
      trainer: "trl",
      collection: { seeds: 100, samples: 1 },
      rounds: 1,
      trials: 3,
      parityPrompts: 20,
      gate: { kind: "confirm", looks: 3, alpha: 0.05 },
    });
    const larger = await resolveTrainSettings(nothing, { run, train: { rounds: 2, trials: 5 } });
    expect(larger.gate).toMatchObject({ looks: 10 });
    const said = await resolveTrainSettings(nothing, { run, train: { rounds: 2, gate: { looks: 4 } } });
    expect(said.gate).toMatchObject({ looks: 4 });
  });

  test("a flag wins over the file, field by field, and the file over the recipe's preset", async () => {
    const text = [
      'game = "crafter"\nmodel = "scripted:a.json"\n[train]\nrecipePreset = "paper"\ndecider = "halving"\n',
      "[train.collection]\nseeds = 7\nsamples = 3\n[train.recipe]\nepochs = 9\nseed = 4\n[train.data.dataset]\nbalance = 2\n",
      "[train.data.outcome]\nwithinSteps = 3\n[train.grid]\nrank = [8, 32]\n[train.gate]\nalpha = 0.1\n[train.budget]\nepisodes = 50\n",
    ].join("");
    const file = parseTrainFile(text, "train.toml");
    const flags = await flagsOf("--samples", "2", "--epochs", "1", "--budget-tokens", "9", "--confirm-pairs", "20");
    const settings = await resolveTrainSettings(file, flags);
    expect(settings.play.model).toBe("scripted:x.json");
    expect(settings.collection).toEqual({ seeds: 7, samples: 2 });
    expect(settings.recipe).toEqual({ ...paperRecipes.crafter.recipe, epochs: 1, seed: 4 });
    expect(settings.data.dataset.balance).toBe(2);
    expect(settings.data.outcome.withinSteps).toBe(3);
    expect(settings.grid).toEqual({ rank: [8, 32] });
    expect(settings.gate).toMatchObject({ kind: "confirm", alpha: 0.1, maximumPairs: 20, looks: 3 });
    expect(settings.budget).toEqual({ episodes: 50, tokens: 9 });
    expect(settings.decider).toBe("halving");
  });

  test("every flag of its own ends up where it belongs", async () => {
    const words =
      "--base w --episodes 4 --samples 2 --collect-temperature 1.5 --selector command:x --decider halving --rank 4 --lr 0.01 --trainer other --training-hours 0.5 --parity-prompts 0 --rounds 2 --trials 6 --patience 0 --select-seeds 3 --gate paper --report always --budget-hours 1 --specialist 1234";
    const settings = await resolveTrainSettings(nothing, await flagsOf(...words.split(" ")));
    expect(settings).toMatchObject({
      base: "w",
      collection: { seeds: 4, samples: 2, temperature: 1.5 },
      selector: "command:x",
      decider: "halving",
      recipe: { rank: 4, learningRate: 0.01, alpha: 32 },
      trainer: "other",
      trainingSeconds: 1800,
      parityPrompts: 0,
      ...{ rounds: 2, trials: 6, patience: 0, selectSeeds: 3, report: "always" },
      gate: { kind: "paper" },
      budget: { seconds: 3600 },
      play: { specialist: "1234" },
    });
  });

  test("a recipe of its own is read from a file, and flags win over it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "automem-recipe-"));
    try {
      const path = join(folder, "recipe.toml");
      await writeFile(path, "rank = 64\nepochs = 2\n");
      const settings = await resolveTrainSettings(nothing, await flagsOf("--recipe", path, "--epochs", "5"));
      expect(settings.recipe).toMatchObject({ rank: 64, epochs: 5 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("what cannot be used is refused", () => {
  test("a wrong field of a recipe, with its range or its name", () => {
    expect(() => parseRecipeFile("rank = 0", "r.toml")).toThrow(/r\.toml: rank: .*1/);
    expect(() => parseRecipeFile("ranks = 8", "r.toml")).toThrow(/ranks/);
    expect(() => parseRecipeFile("rank = ", "r.toml")).toThrow(/line 1/);
  });

  test("a wrong field of the file, with its table", () => {
    expect(() => parseTrainFile("[train]\ntrails = 3\n", "t.toml")).toThrow(/t\.toml, table train: .*trails/);
    expect(() => parseTrainFile("[train.recipe]\nepochs = 1.5\n", "t.toml")).toThrow(/recipe\.epochs/);
    expect(() => parseTrainFile("[train.collection]\nseeds = 0\n", "t.toml")).toThrow(/collection\.seeds/);
  });

  test.each([
    ["seeds", "42..44"],
    ["episodes", 3],
    ["preset", "paper"],
  ] as const)("%s, which a campaign decides itself", async (name, value) => {
    const fault = await faultOf(resolveTrainSettings(nothing, { run: { ...run, [name]: value }, train: {} }));
    expect(fault.message).toContain(`leave out "${name}"`);
  });

  test("a specialist that is a model of its own", async () => {
    const said = { run: { ...run, specialistModel: "scripted:y.json" }, train: {} };
    expect((await faultOf(resolveTrainSettings(nothing, said))).message).toContain("--specialist ADAPTER");
  });

  test("the paper's recipe for a game it has none for", async () => {
    const said = { run: { ...run, game: "courier" }, train: { recipePreset: "paper" as const } };
    const fault = await faultOf(resolveTrainSettings(nothing, said));
    expect(fault.message).toContain("crafter, minihack, nethack");
    expect(fault.code).toBe("no-preset");
  });

  test("no game, no model, a budget of nought", async () => {
    expect((await faultOf(resolveTrainSettings(nothing, { run: { model: "scripted:x" }, train: {} }))).code).toBe(
      "missing-setting",
    );
    const none = { run, train: { budget: { episodes: 0 } } };
    expect((await faultOf(resolveTrainSettings(nothing, none))).message).toContain("budget.episodes");
  });
});
