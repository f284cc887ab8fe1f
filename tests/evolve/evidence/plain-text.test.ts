import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { splitLines } from "../../../src/evolve/evidence/folder-writer.ts";
import { memoryChange } from "../../../src/evolve/evidence/memory-changes.ts";
import { jsonText } from "../../../src/evolve/evidence/metrics-files.ts";
import { brokenLines, inline, quoted, safeName, visible } from "../../../src/evolve/evidence/plain-text.ts";
import { lineSet, newLines } from "../../../src/evolve/evidence/prompt-changes.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "\n", ">", "+", " ", "\u001b", "é", "\ud83d\ude00", "\ud800") }),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that must not be there
const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

describe("any text", () => {
  test("becomes visible: no control character, no half of a pair, as many line feeds; twice is once", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(dangerous);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown.split("\n")).toHaveLength(text.split("\n").length);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });

  test("stands in quotes line by line, and can be put together again", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 1_200 }), (text, times) => {
        const long = `${text}${"😀x".repeat(times)}\n${text}`;
        const lines = quoted(long);
        expect(lines.every((line) => line === ">" || line.startsWith("> ") || line.startsWith(">+ "))).toBe(true);
        expect(lines.every((line) => line.length <= 503 && line.isWellFormed())).toBe(true);
        const whole = brokenLines(long)
          .map((pieces) => pieces.join(""))
          .join("\n");
        expect(whole).toBe(visible(long).replace(/\n$/, ""));
      }),
    );
  });

  test("stands inside a line of ours as one JSON string", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = inline(text);
        expect(shown).not.toMatch(dangerous);
        expect(shown).not.toContain("\n");
        if (text.length <= 160) expect(JSON.parse(shown)).toBe(text);
      }),
    );
  });

  test("stands in a JSON file without a dangerous character, and is read back as it was", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = jsonText({ text });
        expect(shown).not.toMatch(dangerous);
        expect(JSON.parse(shown)).toEqual({ text });
      }),
    );
  });

  test("makes a name that is one part of a path, and no two places make the same odd one", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const name = safeName(text, 3);
        expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
        if (name !== text) expect(name).not.toBe(safeName(text, 4));
      }),
    );
  });
});

test("long names, empty ones and those of folders above are changed", () => {
  expect(safeName("notes.txt", 0)).toBe("notes.txt");
  expect(["", "..", "a/b", "x".repeat(200)].map((name) => safeName(name, 2).slice(0, 8))).toEqual([
    "_2_",
    "_2_..",
    "_2_a_b",
    "_2_xxxxx",
  ]);
});

test("lines are split into parts below 100 KB that each begin with the head and name the next", () => {
  const parts = splitLines(
    "index.md",
    Array.from({ length: 3_000 }, (_, index) => `${index} ${"é".repeat(40)}`),
    ["# Head"],
  );
  expect(parts.map(({ path }) => path)).toEqual(["index.md", "index+2.md", "index+3.md"]);
  expect(parts.every(({ text }) => text.startsWith("# Head\n") && Buffer.byteLength(text) < 100_000)).toBe(true);
  expect(parts[0]?.text).toEndWith("[Goes on in index+2.md]\n");
  const lines = parts.flatMap(({ text }) => text.trimEnd().split("\n")).filter((line) => /^\d/.test(line));
  expect(lines).toHaveLength(3_000);
});

test("a prompt shows what is new, and counts what is known in runs", () => {
  const known = [
    { where: "of the observation", lines: new Set(["a tree"]) },
    { where: "as before", lines: lineSet("rule 1\nrule 2") },
  ];
  expect(newLines("rule 1\n\n  rule 2\nnew\n\nmore\na tree", known)).toEqual([
    { mark: "[3 lines as before]" },
    { text: "new\n\nmore" },
    { mark: "[1 line of the observation]" },
  ]);
});

describe("changes of memory", () => {
  const change = (text: string, before?: string) => memoryChange(3, { file: "a.txt", change: "replace", text }, before);

  test("of a rewritten file are its lines taken out and put in", () => {
    expect(change("one\nTWO\nthree\n", "one\ntwo\nthree\n").difference).toBe("@@ line 2 @@\n- two\n+ TWO");
    expect(change("one\n", "one\n").difference).toBe("(no change)");
    expect(change("one\n")).toEqual({
      stepIndex: 3,
      title: '"a.txt" written (new file)',
      difference: "@@ line 1 @@\n+ one",
    });
  });

  test("of a file too different are all lines between the ends that are equal, in bounded time", () => {
    const text = (salt: number) => Array.from({ length: 20_000 }, (_, index) => `${index * salt}x${salt}`).join("\n");
    const { difference } = change(`same\n${text(3)}\nend\n`, `same\n${text(7)}\nend\n`);
    const lines = difference.split("\n");
    expect(lines).toHaveLength(40_001);
    expect([lines[0], lines[1], lines[20_001]]).toEqual(["@@ line 2 @@", "- 0x7", "+ 0x3"]);
    const pruned = change(text(3).slice(100_000), text(3));
    expect(pruned.difference.split("\n").filter((line) => line.startsWith("+ "))).toHaveLength(1);
  });

  test("of an append are its lines, without the line feed that ends the line before", () => {
    const append = (text: string, before?: string) => memoryChange(1, { file: "a", change: "append", text }, before);
    expect(append("\nnew", "old").difference).toBe("+ new");
    expect(append("new\n", "old\n").difference).toBe("+ new");
    expect(append("er", "old").title).toBe('"a" appended to its last line');
    expect(append("new").title).toBe('"a" appended (new file)');
    expect(memoryChange(1, { file: "a", change: "remove", text: "" }, "x\ny\n").difference).toBe("- x\n- y");
  });
});
