/** The long text taken apart, on every golden observation and on generated ones. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { heroPlace, readScreen, symbolAt } from "../../../scaffolds/minihack/nle/screen.ts";
import { blstat, goldenEpisodes } from "./golden.ts";
import { draw } from "./screens.ts";

const episodes = await goldenEpisodes();

describe("golden observations", () => {
  test("every one is read, with the 23 lines below the message, blank ones among them", () => {
    for (const { steps } of episodes) {
      for (const { observation } of steps) {
        const screen = readScreen(observation.long)!;
        expect(screen.rows.length).toBe(23);
        expect(screen.rows.every((row) => row.length === 80)).toBe(true);
        // Put together again it is the same text: nothing was lost or moved.
        const map = screen.rows.map((row) => `${row}\n`).join("");
        const { x, y } = screen.cursor;
        expect(
          `message:\n${screen.message}\n\nlanguage observation:\n${screen.surroundings}\n\ncursor:\n${screen.pointed}\n(x=${x}, y=${y})\n\nmap:\n${map}\n`,
        ).toBe(observation.long);
      }
    }
  });

  test("the player is where NLE's figures say, and the map shows him there", () => {
    let found = 0;
    for (const { steps } of episodes) {
      for (const { observation, blstats } of steps) {
        const screen = readScreen(observation.long)!;
        const hero = heroPlace(screen);
        if (hero === undefined) continue;
        found += 1;
        expect(hero).toEqual({ x: blstats[blstat.x]!, y: blstats[blstat.y]! + 1 });
        expect(symbolAt(screen, hero)).toBe("@");
      }
    }
    expect(found).toBeGreaterThan(6_000);
  });
});

describe("any text", () => {
  test("never throws, and a text of another form is none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(readScreen(text)).toBeUndefined();
      }),
    );
    const pieces = fc.constantFrom(
      "message:\n",
      "\n\nlanguage observation:\n",
      "\n\ncursor:\n",
      "\n\nmap:\n",
      "(x=1, y=2)",
      "\n",
      "@",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        readScreen(parts.join(""));
      }),
    );
  });

  test("a generated observation comes back as it was drawn", () => {
    const line = fc.string({ unit: fc.constantFrom(" ", ".", "#", "|", "-", "d", ">"), maxLength: 80 });
    const text = fc.string({ unit: fc.constantFrom("a", " ", "?", ".", "\n"), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 21 }), text, text, (rows, message, surroundings) => {
        const screen = readScreen(draw({ rows, message, surroundings, cursor: { x: 5, y: 7 } }).long)!;
        expect(screen.message).toBe(message);
        expect(screen.surroundings).toBe(surroundings);
        expect(screen.cursor).toEqual({ x: 5, y: 7 });
        rows.forEach((row, at) => {
          expect(screen.rows[at]).toBe(row.padEnd(80));
        });
      }),
    );
  });
});
