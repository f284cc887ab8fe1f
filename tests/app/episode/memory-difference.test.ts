/** The memory folder beside the step before. */
import { expect, test } from "bun:test";
import { memoryDifference } from "../../../src/app/episode/memory-difference.ts";

const lines = (count: number, word: string) => Array.from({ length: count }, (_, line) => `${word} ${line}\n`).join("");

test("a line that was added stands where it is, beside the ones that stayed", () => {
  const [file] = memoryDifference(
    new Map([["notes.md", "one\nthree\n"]]),
    new Map([["notes.md", "one\ntwo\nthree\n"]]),
  );
  expect(file).toEqual({
    file: "notes.md",
    change: "changed",
    lines: [
      { kind: "same", text: "one" },
      { kind: "added", text: "two" },
      { kind: "same", text: "three" },
    ],
  });
});

test("a last line without a line feed stays the same line when another comes after it", () => {
  const [file] = memoryDifference(new Map([["notes.md", "one"]]), new Map([["notes.md", "one\ntwo"]]));
  expect(file!.lines).toEqual([
    { kind: "same", text: "one" },
    { kind: "added", text: "two" },
  ]);
});

test("a file of 200,000 lines that was written anew is said to be so, and nobody waits for the fewest changes", () => {
  const before = new Map([["big.md", lines(200_000, "before")]]);
  const [file] = memoryDifference(before, new Map([["big.md", lines(200_000, "after")]]));
  expect(file!.lines).toHaveLength(400_000);
  expect(file!.lines[0]).toEqual({ kind: "removed", text: "before 0" });
  expect(file!.lines.at(-1)).toEqual({ kind: "added", text: "after 199999" });
});

test("names that mean something to objects are names like any other", () => {
  const names = ["__proto__", "constructor", "toString"];
  const files = memoryDifference(new Map(), new Map(names.map((name) => [name, "text\n"])));
  expect(files.map(({ file, change }) => [file, change])).toEqual(names.sort().map((name) => [name, "new"]));
});
