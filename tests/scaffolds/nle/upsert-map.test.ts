/** Notes on places, keyed by level and coordinate. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { knownLines } from "../../../scaffolds/minihack/nle/duplicates.ts";
import { type MapKey, notesOfLevel, readMapKey, upsertMap } from "../../../scaffolds/minihack/nle/upsert-map.ts";

const key: MapKey = { level: "Dlvl:4", x: 30, y: 7 };

describe("keys", () => {
  const table: [written: string, expected: MapKey | undefined][] = [
    ["30,7", key],
    [" (30, 7) ", key],
    ["4:30,7", key],
    ["4 30,7", key],
    ["Dlvl:4 (30,7)", key],
    ["level 4 30,7", key],
    ["5:30,7", { ...key, level: "Dlvl:5" }],
    ["mines-4:30,7", { ...key, level: "mines-4" }],
    ["Home 2 30,7", { ...key, level: "Home-2" }],
    ["30", undefined],
    ["300,7", undefined],
    ["-3,7", undefined],
    ["here", undefined],
    ["", undefined],
  ];
  for (const [written, expected] of table) {
    test(JSON.stringify(written), () => expect(readMapKey(written, "Dlvl:4")).toEqual(expected as MapKey));
  }

  test("any text never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        readMapKey(text, "Dlvl:1");
      }),
    );
  });
});

describe("notes", () => {
  test("a note takes the place of the old one, on its line", () => {
    const before = "Dlvl:4 (30,7) door, locked\nDlvl:4 (3,7) altar\n";
    expect(upsertMap(before, key, "door,\nopen  now")).toEqual({
      text: "Dlvl:4 (30,7) door, open now\nDlvl:4 (3,7) altar\n",
      change: "replaced",
    });
  });

  test("the same coordinate on another level is another place", () => {
    const { text } = upsertMap("Dlvl:3 (30,7) altar\n", key, "stairs down");
    expect(text).toBe("Dlvl:3 (30,7) altar\nDlvl:4 (30,7) stairs down\n");
    expect(notesOfLevel(text, "Dlvl:4")).toEqual(["Dlvl:4 (30,7) stairs down"]);
  });

  test("an empty text removes the note, and says so if there is none", () => {
    const before = "first line\nDlvl:4 (30,7) door\nDlvl:4 (30,7) written twice\n";
    expect(upsertMap(before, key, " ")).toEqual({ text: "first line\n", change: "removed" });
    expect(upsertMap("first line\n", key, "")).toEqual({ text: "first line\n", change: "missing" });
  });

  test("a file that does not end its line is continued on a new one", () => {
    expect(upsertMap("free text", key, "door").text).toBe("free text\nDlvl:4 (30,7) door\n");
  });

  const keys = fc.record({ level: fc.constantFrom("Dlvl:1", "Dlvl:2", "Home-1"), x: fc.nat(3), y: fc.nat(3) });
  const note = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 6 });
  const edits = fc.array(fc.tuple(keys, note), { maxLength: 30 });

  test("after any edits each place has its last note, once, and other lines stand as they were", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const free = ["# my map", "", "Dlvl:1 is dark"];
        let text = `${free.join("\n")}\n`;
        const expected = new Map<string, string>();
        for (const [where, what] of list) {
          text = upsertMap(text, where, what).text;
          const head = `${where.level} (${where.x},${where.y})`;
          const clean = what.replace(/\s+/g, " ").trim();
          if (clean === "") expected.delete(head);
          else expected.set(head, `${head} ${clean}`);
        }
        const lines = text.split("\n").slice(0, -1);
        expect(lines.slice(0, free.length)).toEqual(free);
        expect(lines.slice(free.length).sort()).toEqual([...expected.values()].sort());
      }),
    );
  });

  test("the same edit again changes nothing", () => {
    fc.assert(
      fc.property(edits, keys, note, (list, where, what) => {
        const text = list.reduce((content, [at, words]) => upsertMap(content, at, words).text, "");
        const once = upsertMap(text, where, what).text;
        const again = upsertMap(once, where, what);
        expect(again.text).toBe(once);
        expect(["same", "missing"]).toContain(again.change);
      }),
    );
  });
});

describe("lines that stand already", () => {
  test("are known whatever their case and blanks, if every one is there", () => {
    expect(knownLines("The door is locked.\n", "the  door is locked.\n")).toEqual(["the  door is locked."]);
    expect(knownLines("one\n", "one\ntwo")).toEqual([]);
    expect(knownLines("one\n", "\n")).toEqual([]);
    expect(knownLines("", "one")).toEqual([]);
  });
});
