/** What the crafter scaffold does with words of the model: the checklist, repeated notes, names of actions. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { achievementOf, freshChecklist, tickedCount, withTick } from "../../../scaffolds/crafter/checklist.ts";
import { duplicateFault } from "../../../scaffolds/crafter/duplicates.ts";
import { readings } from "../../../scaffolds/crafter/repair.ts";
import { achievements } from "../../../scaffolds/crafter/rules.ts";

describe("checklist", () => {
  test("has 22 lines, none ticked", () => {
    expect(freshChecklist().split("\n").length).toBe(22);
    expect(tickedCount(freshChecklist())).toBe(0);
  });

  test("an achievement is known by its words, however it is written", () => {
    for (const written of ["collect wood", "Collect_Wood", "[ ] collect wood", "[x] collect wood", " COLLECT WOOD. "]) {
      expect(achievementOf(written)).toBe("collect wood");
    }
    for (const written of ["", "wood", "collect", "collect wood and stone"])
      expect(achievementOf(written)).toBeUndefined();
  });

  test("ticking changes one line; again, none", () => {
    const once = withTick(freshChecklist(), "eat cow")!;
    expect(once.split("\n").filter((row) => row.startsWith("[x]"))).toEqual(["[x] eat cow"]);
    expect(once.split("\n").length).toBe(22);
    expect(withTick(once, "eat cow")).toBeUndefined();
  });

  test("a line the model has lost is added, and its own lines stay", () => {
    expect(withTick("my own list", "eat cow")).toBe("my own list\n[x] eat cow");
  });

  test("ticking all in any order ends with 22 ticked, each once", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...achievements], { minLength: 22 }), (order) => {
        const text = order.reduce((list, name) => withTick(list, name) ?? list, freshChecklist());
        expect(tickedCount(text)).toBe(22);
        expect(text.split("\n").length).toBe(22);
      }),
    );
  });
});

describe("repeated notes", () => {
  const file = "step 3: water 4 east of the start.\n- Table at 2 north";

  test("are refused, whatever case, mark or step number", () => {
    for (const text of ["Water 4 east of the start", "step 9: water 4 east  of the start", "1. table at 2 north.\n"]) {
      expect(duplicateFault("observations.txt", text, file)).toBe(
        "observations.txt says that already. Note only what is new.",
      );
    }
  });

  test("with one new line pass, and so does anything in a new file", () => {
    expect(duplicateFault("observations.txt", "Water 4 east of the start\nCoal 2 south", file)).toBeUndefined();
    expect(duplicateFault("observations.txt", "Water 14 east of the start", file)).toBeUndefined();
    expect(duplicateFault("new.txt", "Water", undefined)).toBeUndefined();
    expect(duplicateFault("new.txt", "", "x")).toBeUndefined();
  });
});

describe("names of actions", () => {
  const table: [raw: string, action: string][] = [
    ["west", "Move West"],
    ["go north", "Move North"],
    ["walk to the left", "Move West"],
    ["move down", "Move South"],
    ["collect wood", "Do"],
    ["chop", "Do"],
    ["wait", "Noop"],
    ["do nothing", "Noop"],
    ["rest", "Sleep"],
    ["craft wooden pickaxe", "make wood pickaxe"],
    ["build table", "place table"],
    ['Action: "Place Table".', "Place Table"],
  ];
  for (const [raw, action] of table) {
    test(`${JSON.stringify(raw)} can be read as ${action}`, () => {
      expect(readings(raw)).toContain(action);
    });
  }

  test("what is written comes first, and any text is read", () => {
    expect(readings("Do")[0]).toBe("Do");
    fc.assert(fc.property(fc.string({ unit: "binary" }), (raw) => expect(Array.isArray(readings(raw))).toBe(true)));
    for (const raw of ["constructor", "toString"])
      expect(new Set(readings(raw))).toEqual(new Set([raw, raw.toLowerCase()]));
  });
});
