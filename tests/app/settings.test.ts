/** Settings: layers, seeds, messages. */
import { describe, expect, test } from "bun:test";
import { parseRunFile } from "../../src/app/run-file.ts";
import { chooseSeeds, resolveSettings, seedList } from "../../src/app/settings.ts";
import { ConfigError } from "../../src/core/errors.ts";

const base = { game: "crafter", model: "scripted:x.json" };

describe("layers", () => {
  test("a flag wins over the file, the file over the preset", async () => {
    const file = parseRunFile('preset = "paper"\nmaxSteps = 50\n[sampling]\ntemperature = 0.5\n', "run.toml");
    const settings = await resolveSettings(file, { ...base, seeds: "7", episodes: 1, sampling: { maxTokens: 9 } });
    expect(settings.maxSteps).toBe(50);
    expect(settings.sampling).toEqual({ temperature: 0.5, maxTokens: 9 });
    expect(settings.seeds).toEqual([7]);
    expect(settings.agent.logCalls).toBe(10);
    expect(settings.preset).toBe("paper");
  });

  test("the paper's preset gives its seeds, steps and sampling for each game", async () => {
    const crafter = await resolveSettings({}, { ...base, preset: "paper" });
    expect(crafter.seeds).toEqual([42, 43, 44, 45, 46, 47, 48, 49, 50, 51]);
    expect(crafter.maxSteps).toBe(2000);
    expect(crafter.sampling).toEqual({ temperature: 1, maxTokens: 4096 });
    const minihack = await resolveSettings({}, { ...base, game: "minihack", preset: "paper" });
    expect(minihack.seeds).toEqual([42, 43, 44, 45, 46]);
    expect(minihack.maxSteps).toBe(100);
    const nethack = await resolveSettings({}, { ...base, game: "nethack", preset: "paper" });
    expect(nethack.seeds).toEqual([42, 43, 44, 45, 46]);
    expect(nethack.maxSteps).toBe(100_000);
  });

  test("a plain run plays one select seed and leaves the report seeds unspent", async () => {
    const settings = await resolveSettings({}, base);
    expect(settings.seeds).toHaveLength(1);
    expect(settings.seedSet).toBe("select");
  });

  test("a budget has parts from file and flags, prices are by model, and money without them is refused", async () => {
    const file = parseRunFile('[budget]\nsteps = 9\n[prices."scripted:x.json"]\nin = 1\nout = 2.5\n', "run.toml");
    const settings = await resolveSettings(file, { ...base, budget: { money: 3 } });
    expect(settings.budget).toEqual({ steps: 9, money: 3 });
    expect(settings.prices).toEqual({ "scripted:x.json": { in: 1, out: 2.5 } });
    await expect(resolveSettings({}, { ...base, budget: { money: 3 } })).rejects.toThrow("needs the prices");
    expect(() => parseRunFile("[budget]\nsteps = 0\n", "run.toml")).toThrow(ConfigError);
  });

  test("constrain is off unless it is asked for, and is then part of the settings", async () => {
    expect("constrain" in (await resolveSettings({}, base))).toBe(false);
    expect("constrain" in (await resolveSettings({ constrain: false }, base))).toBe(false);
    expect((await resolveSettings(parseRunFile("constrain = true\n", "run.toml"), base)).constrain).toBe(true);
    expect((await resolveSettings({}, { ...base, constrain: true })).constrain).toBe(true);
  });

  test("a specialist's model comes from file or flag, and is checked as the model is", async () => {
    expect(await resolveSettings({}, base)).not.toHaveProperty("specialistModel");
    const file = parseRunFile('specialistModel = "ollama:keeper"\n', "run.toml");
    expect((await resolveSettings(file, base)).specialistModel).toBe("ollama:keeper");
    expect((await resolveSettings(file, { ...base, specialistModel: "scripted:y" })).specialistModel).toBe(
      "scripted:y",
    );
    await expect(resolveSettings({}, { ...base, specialistModel: "keeper" })).rejects.toThrow("not PROVIDER:MODEL");
  });

  test("says what is missing", async () => {
    await expect(resolveSettings({}, { game: "crafter" })).rejects.toThrow(/No model was given.*--model/);
    await expect(resolveSettings({}, { model: "scripted:x" })).rejects.toThrow(/No game was given/);
    await expect(resolveSettings({}, { ...base, preset: "papr" })).rejects.toThrow(/no preset "papr".*paper/);
    await expect(resolveSettings({}, { ...base, seeds: "nowhere" })).rejects.toThrow(/no seed set "nowhere".*report/);
    await expect(resolveSettings({}, { ...base, parallel: 0 })).rejects.toThrow(/parallel/);
  });
});

describe("settings files", () => {
  test("a syntax error names file, line and column", () => {
    expect(() => parseRunFile("game = \n", "run.toml")).toThrow(/run\.toml line 1, column/);
  });

  test("an unknown key is refused by name", () => {
    expect(() => parseRunFile("modle = 1\n", "run.toml")).toThrow(/run\.toml: .*modle/);
    expect(() => parseRunFile("[sampling]\nheat = 1\n", "run.toml")).toThrow(/sampling\.heat/);
  });

  test("a value of the wrong kind is refused by path", () => {
    expect(() => parseRunFile('maxSteps = "many"\n', "run.toml")).toThrow(/maxSteps: .*number/);
  });
});

describe("seeds", () => {
  test("lists and ranges keep their order", () => {
    expect(seedList("42")).toEqual([42]);
    expect(seedList("3,1,5..7")).toEqual([3, 1, 5, 6, 7]);
    expect(seedList("select")).toBeUndefined();
    expect(() => seedList("9..3")).toThrow(ConfigError);
  });

  test("more episodes than seeds is refused rather than cut", async () => {
    await expect(chooseSeeds("crafter", "1,2", 3)).rejects.toThrow(/3 episodes.*2 seeds/);
  });
});
