/** The words around the player, in both wordings; those of near squares against the map. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { heroPlace, readScreen, symbolAt } from "../../../scaffolds/minihack/nle/screen.ts";
import { exactPlaces, readSurroundings } from "../../../scaffolds/minihack/nle/surroundings.ts";
import { goldenEpisodes } from "./golden.ts";

const episodes = await goldenEpisodes();

/** What a name may be drawn as; a blank for parts of walls that are drawn as rock. */
const signs: [name: RegExp, signs: string][] = [
  [/\bhorizontal (?:open door|closed doors?)$/, "|+"],
  [/\bvertical (?:open door|closed doors?)$/, "-+"],
  [/(?:wall|corner)$/, "|- "],
  [/^boulders?$/, "`"],
  [/^fountains?$/, "{"],
  [/^stairs up$/, "<"],
  [/^stairs down$/, ">"],
  [/^bars$/, "#"],
  [/lava$/, "}"],
  [/^doorway$/, "."],
  [/(?:jackal|dog)$/, "d"],
  [/rats?$/, "r"],
];

describe("golden words", () => {
  test("every line is read", () => {
    for (const { steps } of episodes) {
      for (const { observation } of steps) {
        const { surroundings } = readScreen(observation.long)!;
        const lines = surroundings.split("\n").filter((line) => line !== "");
        expect(readSurroundings(surroundings).length).toBe(lines.length);
      }
    }
  });

  test("things 1 and 2 steps away stand on the map where they are said to be", () => {
    let checked = 0;
    for (const { path, steps } of episodes) {
      for (const { t, observation } of steps) {
        const screen = readScreen(observation.long)!;
        const hero = heroPlace(screen);
        if (hero === undefined) continue;
        for (const surrounding of readSurroundings(screen.surroundings)) {
          const known = signs.find(([pattern]) => pattern.test(surrounding.name));
          if (known === undefined) continue;
          for (const place of exactPlaces(surrounding, hero)) {
            checked += 1;
            expect(known[1], `${path} ${t} ${surrounding.name}`).toContain(symbolAt(screen, place));
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(10_000);
  });
});

describe("one line", () => {
  test("both wordings come to the same", () => {
    const ours =
      "giant rat 1 step away (directly reachable) northeast and east\nlava 9+ steps away between east and northeast";
    const theirs = "giant rat adjacent northeast and east\nlava very far eastnortheast";
    expect(readSurroundings(ours)).toEqual([
      { name: "giant rat", steps: 1, directions: ["northeast", "east"] },
      { name: "lava", steps: 9, directions: ["east northeast"] },
    ]);
    expect(readSurroundings(theirs)).toEqual(readSurroundings(ours));
  });

  test("a name may hold words of distance", () => {
    expect(readSurroundings("scroll labeled NEAR FAR very near southwest")).toEqual([
      { name: "scroll labeled NEAR FAR", steps: 2, directions: ["southwest"] },
    ]);
    expect(readSurroundings("dog called far north near south")).toEqual([
      { name: "dog called far north", steps: 3, directions: ["south"] },
    ]);
  });

  test("what has no direction is left out", () => {
    expect(readSurroundings("giant rat near the door\nYou see here an axe.\n")).toEqual([]);
  });

  test("two steps between two directions is a knight's move", () => {
    const [boulder] = readSurroundings("boulder 2 steps away between south and southeast, north, and northwest");
    expect(exactPlaces(boulder!, { x: 10, y: 10 })).toEqual([
      { x: 11, y: 12 },
      { x: 10, y: 8 },
      { x: 8, y: 8 },
    ]);
  });
});

describe("generated words", () => {
  const straight = ["north", "east", "south", "west"];
  const between = straight.flatMap((one) =>
    ["northeast", "southeast", "southwest", "northwest"]
      .filter((other) => other.includes(one))
      .map((other) => `${one} ${other}`),
  );
  const directions = [...straight, "northeast", "southeast", "southwest", "northwest", ...between];
  const distances = [
    [1, "1 step away (directly reachable)", "adjacent"],
    [2, "2 steps away", "very near"],
    [3, "3-4 steps away", "near"],
    [5, "5-8 steps away", "far"],
    [9, "9+ steps away", "very far"],
  ] as const;
  const list = (words: string[]) =>
    words.length < 3 ? words.join(" and ") : `${words.slice(0, -1).join(", ")}, and ${words[words.length - 1]}`;

  test("come back as they were written, in both wordings", () => {
    const name = fc.array(fc.constantFrom("tame", "giant", "rat", "open", "door", "area", "of", "lava"), {
      minLength: 1,
      maxLength: 4,
    });
    const thing = fc.record({
      name: name.map((words) => words.join(" ")),
      distance: fc.constantFrom(...distances),
      directions: fc.subarray(directions, { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(thing), (things) => {
        const expected = things.map((one) => ({ name: one.name, steps: one.distance[0], directions: one.directions }));
        const ours = things.map(({ name: called, distance, directions: where }) => {
          const words = where.map((word) => (word.includes(" ") ? `between ${word.replace(" ", " and ")}` : word));
          return `${called} ${distance[1]} ${list(words)}`;
        });
        const theirs = things.map(
          ({ name: called, distance, directions: where }) =>
            `${called} ${distance[2]} ${list(where.map((word) => word.replace(" ", "")))}`,
        );
        expect(readSurroundings(ours.join("\n"))).toEqual(expected);
        expect(readSurroundings(theirs.join("\n"))).toEqual(expected);
      }),
    );
  });

  test("any text never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        readSurroundings(text);
      }),
    );
  });
});
