/** Vital signs, threats, the next step, and warnings of what leads nowhere. */
import { describe, expect, test } from "bun:test";
import { longFileWarnings } from "../../../scaffolds/crafter/file-sizes.ts";
import { changeText, inventoryChange } from "../../../scaffolds/crafter/inventory.ts";
import { count, type StepEffect, stagnationWarnings, startCounters } from "../../../scaffolds/crafter/stagnation.ts";
import { easyWins, nextStep } from "../../../scaffolds/crafter/tech-tree.ts";
import { hostileWithin, threats, threatText } from "../../../scaffolds/crafter/threats.ts";
import { vitalText, vitalWarnings } from "../../../scaffolds/crafter/vitals.ts";
import { moment } from "./moments.ts";

test("pack: gains and losses by item", () => {
  const status = (items: Record<string, number>) => moment([], "grass", items).status;
  const change = inventoryChange(status({ wood: 3, stone: 1 }), status({ wood: 2, stone_pickaxe: 1 }));
  expect(change).toEqual({ gained: { stone_pickaxe: 1 }, lost: { wood: 1, stone: 1 } });
  expect(changeText(change)).toBe("Gained: stone pickaxe +1. Used: wood -1, stone -1.");
  expect(changeText(inventoryChange(status({ wood: 1 }), status({ wood: 1 })))).toBeUndefined();
});

describe("vital signs", () => {
  const levels = (vitals: Parameters<typeof moment>[3]) =>
    vitalWarnings(moment([], "grass", {}, vitals).status).map(({ vital, level }) => `${vital} ${level}`);

  test("health warns at 4 and is critical at 2; the others at 3 and 1", () => {
    expect(levels({ health: 5, food: 4, drink: 4, energy: 4 })).toEqual([]);
    expect(levels({ health: 4, food: 3 })).toEqual(["health warning", "food warning"]);
    expect(levels({ health: 3, drink: 1, energy: 2 })).toEqual(["drink critical", "health warning", "energy warning"]);
    expect(levels({ health: 2 })).toEqual(["health critical"]);
  });

  test("say what helps", () => {
    expect(vitalText({ vital: "drink", value: 1, level: "critical" })).toBe("CRITICAL: drink 1/9: face water and Do.");
  });

  test("an observation without vital signs gives no warning", () => {
    expect(vitalWarnings({ vitals: {}, items: {} })).toEqual([]);
  });
});

describe("threats", () => {
  const of = (...lines: string[]) => threats(moment(lines).sight).map(({ name, distance }) => `${name} ${distance}`);

  test("come nearest first, by how near they are", () => {
    expect(of("zombie 5 steps to your north-east", "skeleton 4 steps to your south")).toEqual([
      "skeleton close",
      "zombie seen",
    ]);
    expect(of("zombie 1 step to your west", "arrow 2 steps to your north")).toEqual(["zombie touching", "arrow close"]);
    expect(of("cow 1 step to your west", "tree 1 step to your east")).toEqual([]);
  });

  test("lava counts one step away only", () => {
    expect(of("lava 1 step to your east")).toEqual(["lava touching"]);
    expect(of("lava 2 steps to your east")).toEqual([]);
  });

  test("say how many hits it takes with what is held", () => {
    const [zombie] = threats(moment(["zombie 1 step to your west"]).sight);
    expect(threatText(zombie!, {})).toBe("DANGER: zombie next to you (west): 5 hits beat it; face it and Do.");
    expect(threatText(zombie!, { iron_sword: 1 })).toContain("1 hit beats it");
  });

  test("within a distance, creatures only", () => {
    const { sight } = moment(["lava 1 step to your east", "zombie 4 steps to your north"]);
    expect(hostileWithin(sight, 4)?.name).toBe("zombie");
    expect(hostileWithin(sight, 3)).toBeUndefined();
  });
});

describe("the next step", () => {
  const next = (done: string[], ...given: Parameters<typeof moment>) => nextStep(done, moment(...given))?.text;
  const tools = ["place table", "make wood pickaxe", "make wood sword"];

  test("starts with wood for a table, and names the nearest tree", () => {
    expect(next([], ["tree 4 steps to your north-east"])).toBe(
      "get 2 wood (you have 0): tree 4 steps north-east; face it and Do, for Place Table",
    );
    expect(next([], [], "tree", { wood: 1 })).toBe("get 2 wood (you have 1): you face tree: Do, for Place Table");
    expect(next([])).toContain("no tree in sight: explore");
    expect(next([], [], "grass", { wood: 2 })).toBe("Place Table now");
    expect(next([], [], "tree", { wood: 2 })).toContain("Place Table needs grass, sand, path in front of you");
  });

  test("leads back to a table that is in sight, and to a new one otherwise", () => {
    expect(next(["place table"], ["table 3 steps to your west"], "grass", { wood: 1 })).toBe(
      "walk to the table 3 steps west, then Make Wood Pickaxe",
    );
    expect(next(["place table"], [], "grass", { wood: 1 })).toContain(
      "go back to your table or place a new one (2 wood)",
    );
  });

  test("knows which tool must come first", () => {
    expect(next([...tools, "make stone pickaxe", "make stone sword"], [], "grass", { wood: 2 })).toContain(
      "that takes a wood pickaxe first",
    );
  });

  test("ends with the diamond", () => {
    const all = [
      ...tools,
      "make stone pickaxe",
      "make stone sword",
      "place furnace",
      "make iron pickaxe",
      "make iron sword",
    ];
    expect(next(all, ["diamond 2 steps to your south"], "grass", { iron_pickaxe: 1 })).toBe(
      "get 1 diamond (you have 0): diamond 2 steps south; face it and Do",
    );
    expect(next([...all, "collect diamond"])).toBeUndefined();
  });
});

describe("easy wins", () => {
  const wins = (done: string[], ...given: Parameters<typeof moment>) =>
    easyWins(done, moment(...given)).map(({ goal }) => goal);

  test("are two at most, and none that is done", () => {
    const sights = ["water 2 steps to your east", "cow 3 steps to your north"];
    expect(wins([], sights, "grass", { sapling: 1 })).toEqual(["collect drink", "place plant"]);
    expect(wins(["collect drink", "place plant", "collect sapling"], sights)).toEqual(["eat cow"]);
  });

  test("a sapling is looked for in grass, never in trees", () => {
    const [win] = easyWins([], moment(["tree 1 step to your east"]));
    expect(win?.text).toContain("grass");
    expect(win?.text).not.toContain("tree");
  });

  test("Sleep is offered with energy below 9 and nothing hostile in sight", () => {
    const done = ["collect sapling"];
    expect(wins(done, [], "grass", {}, { energy: 8 })).toEqual(["wake up"]);
    expect(wins(done, ["zombie 7 steps to your north-east"], "grass", {}, { energy: 8 })).toEqual([]);
    expect(wins(done)).toEqual([]);
  });
});

describe("stagnation", () => {
  const effect = (changes: Partial<StepEffect>): StepEffect => ({
    action: "Do",
    changed: false,
    gained: false,
    asleep: false,
    patient: false,
    ...changes,
  });
  const after = (times: number, changes: Partial<StepEffect>, from = startCounters) => {
    let counters = from;
    for (let index = 0; index < times; index += 1) counters = count(counters, effect(changes));
    return counters;
  };

  test("the same action without effect warns from the second time; another action begins anew", () => {
    expect(stagnationWarnings(after(1, {}))).toEqual([]);
    expect(stagnationWarnings(after(2, {}))).toEqual(["Do changed nothing 2 times in a row. Do something else."]);
    expect(stagnationWarnings(after(1, { action: "Move North" }, after(3, {})))).toEqual([]);
  });

  test("what is rightly repeated does not warn", () => {
    expect(stagnationWarnings(after(9, { patient: true }))).toEqual([]);
  });

  test("Noop runs warn at 4 and are critical at 8, but not while asleep", () => {
    const noop = { action: "Noop", changed: true };
    expect(stagnationWarnings(after(3, noop))).toEqual([]);
    expect(stagnationWarnings(after(4, noop))[0]).toStartWith("4 Noops");
    expect(stagnationWarnings(after(8, noop))[0]).toStartWith("CRITICAL: 8 Noops");
    expect(after(8, { ...noop, asleep: true }).noops).toBe(0);
  });

  test("30 and 50 steps without gain; a gain begins anew", () => {
    const walk = { action: "Move North", changed: true };
    expect(stagnationWarnings(after(29, walk))).toEqual([]);
    expect(stagnationWarnings(after(30, walk))[0]).toStartWith("Nothing gained for 30 steps");
    expect(stagnationWarnings(after(50, walk))[0]).toStartWith("CRITICAL: nothing gained for 50 steps");
    expect(after(1, { gained: true }, after(50, walk)).sinceGain).toBe(0);
  });
});

test("files over 25 lines are named, the seeded rules and the checklist are not", () => {
  const sizes = [
    { name: "observations.txt", lines: 26 },
    { name: "actions.txt", lines: 25 },
    { name: "knowledge.txt", lines: 80 },
    { name: "checklist.txt", lines: 40 },
  ];
  expect(longFileWarnings(sizes)).toEqual([
    "observations.txt has 26 lines. READ it, then WRITE it again with at most 25: keep what still matters.",
  ]);
});
