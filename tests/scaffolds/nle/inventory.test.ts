/** What is carried: golden inventories and generated ones. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { inventoryChanges, itemText, readInventory, safeFood } from "../../../scaffolds/minihack/nle/inventory.ts";
import { goldenEpisodes } from "./golden.ts";

test("golden inventories come back line for line", async () => {
  for (const { steps } of await goldenEpisodes()) {
    for (const { observation } of steps) {
      const lines = observation.short.split("\n").filter((line) => line !== "" && line !== "inventory:");
      expect(readInventory(observation.short).map(itemText)).toEqual(lines.map((line) => line.trimEnd()));
    }
  }
});

test("generated inventories come back, and any text never throws", () => {
  const item = fc.record({
    letter: fc.constantFrom(..."abzABZ$"),
    name: fc
      .string({ unit: fc.constantFrom("a", "+", "0", " ", "(", ")"), minLength: 1 })
      .map((name) => `x${name.trimEnd()}`),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      expect(readInventory(`inventory:\n${items.map((one) => `${itemText(one)}\n`).join("")}`)).toEqual(items);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      readInventory(text);
    }),
  );
});

test("what came and went", () => {
  const before = readInventory("a: an axe\nb: 3 apples\n");
  const now = readInventory("a: an axe\nb: 2 apples\nc: a wand\n");
  expect(inventoryChanges(before, now)).toEqual({ gained: ["b: 2 apples", "c: a wand"], lost: ["b: 3 apples"] });
});

test("food that keeps is told from what spoils", () => {
  const items = readInventory(
    "a: an uncursed food ration\nb: 5 uncursed cram rations\nc: a jackal corpse\nd: an uncursed tin\ne: 13 apples\nf: a K-ration\ng: an egg\nh: 2 cloves of garlic\ni: an orange potion\nj: an apple named food ration\nk: a tripe ration (in quiver)\n",
  );
  expect(
    safeFood(items)
      .map(({ letter }) => letter)
      .join(""),
  ).toBe("abefhjk");
});
