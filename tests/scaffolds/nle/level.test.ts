/** The map as kinds of squares: golden ones against the words of the game, drawn ones square for square. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { aroundText, foesBeside } from "../../../scaffolds/minihack/nle/around.ts";
import { indexOf, type Kind, kindAt, type Level, placesOf, readLevel } from "../../../scaffolds/minihack/nle/level.ts";
import { readScreen } from "../../../scaffolds/minihack/nle/screen.ts";
import { goldenEpisodes } from "./golden.ts";
import { type Drawn, draw } from "./screens.ts";

const episodes = await goldenEpisodes();

function levelOf(drawn: Drawn): Level {
  return readLevel(readScreen(draw(drawn).long)!)!;
}

describe("golden maps", () => {
  test("doors the game names are doors, wherever they stand in a wall that is seen", () => {
    let doors = 0;
    let missed = 0;
    for (const { steps } of episodes) {
      for (const { observation } of steps) {
        const screen = readScreen(observation.long)!;
        const named = readLevel(screen);
        if (named === undefined) continue;
        const byShape = readLevel({ ...screen, surroundings: "" })!;
        for (const [index, name] of named.names) {
          const isDoor = name.includes("open door") || name.includes("closed door");
          const kind = byShape.kinds[index];
          if (isDoor) {
            doors += 1;
            // The words decide near by; the shape alone may miss a door whose wall is not seen.
            expect(named.kinds[index]).toBe(name.includes("open door") ? "open door" : "closed door");
            if (kind !== named.kinds[index]) missed += 1;
          } else expect(kind, name).not.toBe("open door");
          if (/wall$|corner$/.test(name) && kind !== "unseen") expect(kind).toBe("wall");
          if (/^boulders?$/.test(name)) expect(kind).toBe("boulder");
        }
      }
    }
    expect(doors).toBeGreaterThan(300);
    expect(missed).toBeLessThan(20);
  });

  test("lava is lava while the words speak of it", () => {
    for (const episode of episodes.filter(({ task }) => task.includes("Quest"))) {
      for (const { observation } of episode.steps) {
        const level = readLevel(readScreen(observation.long)!);
        if (level === undefined || !level.around.some(({ name }) => name.endsWith("lava"))) continue;
        expect(level.kinds).not.toContain("water or lava");
        expect(placesOf(level, "lava").length).toBeGreaterThan(0);
      }
    }
  });
});

describe("drawn maps", () => {
  test("blank rows count: the squares beside the player are those around him", () => {
    const level = levelOf({ rows: ["", "", "   ", "  ...", "  .@#", "", "      >"] });
    expect(level.hero).toEqual({ x: 3, y: 5 });
    expect(kindAt(level, { x: 4, y: 5 })).toBe("corridor");
    expect(kindAt(level, { x: 3, y: 6 })).toBe("unseen");
    expect(placesOf(level, "stairs down")).toEqual([{ x: 6, y: 7 }]);
  });

  test("a door across its wall is open, a wall is not", () => {
    const level = levelOf({ rows: ["----|---", "|......|", "-..@...|", "|......+", "--------"] });
    expect(kindAt(level, { x: 4, y: 1 })).toBe("open door");
    expect(kindAt(level, { x: 0, y: 3 })).toBe("open door");
    expect(kindAt(level, { x: 7, y: 4 })).toBe("closed door");
    expect(placesOf(level, "open door").length).toBe(2);
    expect(kindAt(level, { x: 0, y: 1 })).toBe("wall");
    expect(kindAt(level, { x: 7, y: 3 })).toBe("wall");
  });

  test("a boulder is no wall, a book no door, a grave no wall, a statue no creature", () => {
    const level = levelOf({
      rows: ["----------", "|........|", "|.`...+..|", "|..@d....|", "|......|.|", "|........|", "----------"],
      surroundings: "grid bug statue adjacent east",
    });
    expect(kindAt(level, { x: 2, y: 3 })).toBe("boulder");
    expect(kindAt(level, { x: 6, y: 3 })).toBe("thing");
    expect(kindAt(level, { x: 7, y: 5 })).toBe("thing");
    expect(kindAt(level, { x: 4, y: 4 })).toBe("thing");
    expect(foesBeside(level)).toEqual([]);
  });

  test("walls between doorways are walls", () => {
    const level = levelOf({ rows: ["|..@.|", "|.....#", "|....|", "|.....", "------"] });
    expect(kindAt(level, { x: 5, y: 3 })).toBe("wall");
  });

  test("the words decide beside the player", () => {
    const level = levelOf({
      rows: [" .-", " @d", "r"],
      surroundings: "vertical open door adjacent northeast\ntame dog adjacent east\ngiant rat adjacent southwest",
    });
    expect(kindAt(level, { x: 2, y: 1 })).toBe("open door");
    expect(foesBeside(level)).toEqual([{ direction: "southwest", name: "giant rat" }]);
    expect(aroundText(level)).toBe(
      "Beside you: floor north; tame dog east; dark or rock south, west, southeast, northwest; open door northeast; giant rat southwest.",
    );
  });

  test("there is no level without the player: in a question, a menu, at the end", () => {
    const { long } = draw({ rows: ["...@..."], cursor: { x: 9, y: 0 }, message: "In what direction?" });
    expect(readLevel(readScreen(long)!)).toBeUndefined();
  });
});

describe("generated maps", () => {
  const kinds: [sign: string, kind: Kind][] = [
    [" ", "unseen"],
    [".", "floor"],
    ["#", "corridor"],
    ["<", "stairs up"],
    [">", "stairs down"],
    ["{", "fountain"],
    ["_", "altar"],
    ["`", "boulder"],
    ["^", "trap"],
    ["}", "water or lava"],
    ["d", "creature"],
    ["@", "creature"],
    [")", "thing"],
    ["$", "thing"],
  ];

  test("every square comes back as the kind it was drawn as", () => {
    const row = fc.array(fc.constantFrom(...kinds), { maxLength: 80 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 21 }), fc.nat(79), fc.integer({ min: 1, max: 21 }), (rows, x, y) => {
        const drawn = rows.map((squares) => squares.map(([sign]) => sign).join(""));
        const { long } = draw({ rows: drawn, cursor: { x, y }, pointed: "Yourself a monk" });
        const level = readLevel(readScreen(long)!)!;
        rows.forEach((squares, line) => {
          squares.forEach(([, kind], column) => {
            const isHero = column === x && line + 1 === y;
            expect(kindAt(level, { x: column, y: line + 1 })).toBe(isHero ? "floor" : kind);
          });
        });
        expect(level.seen).toBe(rows.flat().filter(([sign]) => sign !== " ").length);
        expect(indexOf(level.hero)).toBe(y * 80 + x);
      }),
      { numRuns: 40 },
    );
  });

  test("any screen never throws", () => {
    const sign = fc.constantFrom("|", "-", "+", ".", " ", "#", "@", "\u0000", "\u00e9", "'");
    const row = fc.string({ unit: sign, maxLength: 90 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.nat(999), fc.nat(999), (rows, x, y) => {
        const screen = { message: "", surroundings: "rat adjacent north", pointed: "Yourself", cursor: { x, y }, rows };
        const level = readLevel(screen);
        if (level !== undefined) aroundText(level);
      }),
    );
  });
});
