/** Colours of lanes. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { coloursOf } from "../../../src/web/page/parts/lane-colours.ts";

const names = fc.uniqueArray(fc.constantFrom("APPEND", "SEARCH", "DONE", "ACTION", "READ", "a", "b", "c"), {
  maxLength: 8,
});

test("no two kinds in a lane have one colour, and the common operations have theirs whatever stands beside them", () => {
  fc.assert(
    fc.property(names, (shown) => {
      const colours = coloursOf(shown);
      expect(new Set(colours).size).toBe(shown.length);
      if (shown.includes("SEARCH")) expect(colours[shown.indexOf("SEARCH")]).toBe(coloursOf(["SEARCH"])[0]!);
    }),
  );
});
