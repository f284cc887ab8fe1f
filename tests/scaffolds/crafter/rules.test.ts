/** The facts the crafter scaffold states, against the game's own data and the recorded games. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { readMoment } from "../../../scaffolds/crafter/moment.ts";
import {
  achievements,
  creatureHealth,
  harvests,
  hitsNeeded,
  itemNames,
  mostOfOne,
  placements,
  recipes,
  thingNames,
  walkable,
} from "../../../scaffolds/crafter/rules.ts";
import { goldenEpisodes } from "./golden.ts";

interface GameData {
  materials: string[];
  walkable: string[];
  items: Record<string, { max: number; initial: number }>;
  collect: Record<string, { require: Record<string, number>; receive: Record<string, number>; probability?: number }>;
  place: Record<string, { uses: Record<string, number>; where: string[] }>;
  make: Record<string, { uses: Record<string, number>; nearby: string[]; gives: number }>;
  achievements: string[];
}

const root = join(import.meta.dir, "..", "..", "..");
const data = Bun.YAML.parse(
  await Bun.file(join(root, "tests/fixtures/scaffolds/crafter-data.yaml")).text(),
) as GameData;
const knowledge = await Bun.file(join(root, "scaffolds/crafter/files/knowledge.txt")).text();
const words = (name: string) => name.replaceAll("_", " ");
const title = (name: string) => words(name).replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

test("recipes are those of the game", () => {
  const made = Object.entries(data.make).map(([name, { uses, nearby }]) => [
    `Make ${title(name)}`,
    { uses, near: nearby },
  ]);
  expect(recipes).toEqual(Object.fromEntries(made));
});

test("placements are those of the game", () => {
  const placed = Object.entries(data.place).map(([name, { uses, where }]) => [
    `Place ${title(name)}`,
    { uses, onto: where },
  ]);
  expect(placements).toEqual(Object.fromEntries(placed));
});

test("harvests are those of the game: saplings come from grass, one try in ten", () => {
  const collected = Object.entries(data.collect).map(([material, { require, receive, probability }]) => {
    const [tool] = Object.keys(require);
    const harvest = { gives: Object.keys(receive)[0]!, chance: probability ?? 1 };
    return [material, tool === undefined ? harvest : { ...harvest, tool }];
  });
  expect(harvests).toEqual(Object.fromEntries(collected));
  expect(harvests.grass).toEqual({ gives: "sapling", chance: 0.1 });
});

test("names are those of the game", () => {
  expect([...achievements].sort()).toEqual(data.achievements.map(words).sort());
  expect([...walkable].sort()).toEqual([...data.walkable].sort());
  expect(itemNames).toEqual(Object.keys(data.items).filter((name) => data.items[name]!.initial === 0));
  for (const material of data.materials) expect(thingNames).toContain(material);
  for (const { max } of Object.values(data.items)) expect(max).toBe(mostOfOne);
});

test("the costs in knowledge.txt are the game's", () => {
  const cost = (uses: Record<string, number>) =>
    Object.entries(uses)
      .map(([item, count]) => `${count} ${item}`)
      .join(", ");
  const { place, make } = data;
  expect(knowledge).toContain(`table ${cost(place.table!.uses)}; furnace ${cost(place.furnace!.uses)}`);
  for (const material of ["wood", "stone", "iron"]) {
    for (const tool of ["pickaxe", "sword"]) {
      expect(knowledge).toContain(`${material} tools ${cost(make[`${material}_${tool}`]!.uses)} each`);
    }
  }
});

test("the sum of all costs in knowledge.txt is right", () => {
  const sum: Record<string, number> = {};
  for (const uses of [
    ...Object.values(data.make).map((one) => one.uses),
    data.place.table!.uses,
    data.place.furnace!.uses,
  ]) {
    for (const [item, count] of Object.entries(uses)) sum[item] = (sum[item] ?? 0) + count;
  }
  const listed = ["wood", "stone", "coal", "iron"].map((item) => `${sum[item]} ${item}`).join(", ");
  expect(knowledge).toContain(`ALL TOOLS with one table and one furnace: ${listed}`);
});

test("hits in knowledge.txt are what health and damage give", () => {
  const hits = (creature: string) =>
    [{}, { wood_sword: 1 }, { stone_sword: 1 }, { iron_sword: 1 }].map((held) => hitsNeeded(creature, held));
  expect(hits("zombie")).toEqual([5, 3, 2, 1]);
  expect(hits("skeleton")).toEqual([3, 2, 1, 1]);
  expect(hits("cow")).toEqual([3, 2, 1, 1]);
  expect(hitsNeeded("arrow", {})).toBeUndefined();
  expect(knowledge).toContain(`ZOMBIE (grass, more at night): ${creatureHealth.zombie} health`);
  expect(knowledge).toContain("hits to beat it: bare 5, wood sword 3, stone 2, iron 1");
});

test("a better sword counts, whatever else is held", () => {
  expect(hitsNeeded("zombie", { wood_sword: 1, iron_sword: 1 })).toBe(1);
});

test("in the recorded games a tree that gave wood is gone", async () => {
  let trees = 0;
  for (const { steps } of await goldenEpisodes()) {
    for (const [index, step] of steps.entries()) {
      const previous = steps[index - 1];
      if (previous === undefined || step.action !== "Do") continue;
      const [before, after] = [readMoment(previous.observation), readMoment(step.observation)];
      if (before.sight.faced !== "tree" || (after.status.items.wood ?? 0) === (before.status.items.wood ?? 0)) continue;
      trees += 1;
      expect(after.sight.faced).not.toBe("tree");
    }
  }
  expect(trees).toBeGreaterThan(3);
});
