import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { applyWrites } from "../../src/core/journal-files.ts";
import { MemoryFolder } from "../../src/memory/folder.ts";
import { countLines } from "../../src/memory/stored-text.ts";
import { folderWith, limits } from "./support.ts";

describe("memory folder", () => {
  test("an append begins on a line of its own, and the change says what was added", () => {
    const folder = folderWith({ "a.txt": "one" });
    expect(folder.append("a.txt", "two")).toMatchObject({ ok: true, change: { change: "append", text: "\ntwo" } });
    expect(folder.append("a.txt", "three\n")).toMatchObject({ ok: true, change: { text: "\nthree\n" } });
    expect(folder.append("a.txt", "four")).toMatchObject({ ok: true, change: { text: "four" } });
    expect(folder.read("a.txt")).toBe("one\ntwo\nthree\nfour");
    expect(folder.list()).toEqual([{ name: "a.txt", characters: 18, lines: 4 }]);
  });

  test("a name that differs from another only in case is refused and the other named", () => {
    const folder = folderWith({ "notes.txt": "x" });
    expect(folder.write("Notes.txt", "y")).toEqual({ ok: false, refusal: expect.stringContaining("Use notes.txt") });
    folder.remove("notes.txt");
    expect(folder.write("Notes.txt", "y").ok).toBe(true);
  });

  test("each limit is refused by name and leaves the folder as it was", () => {
    const folder = folderWith({ a: "12345", b: "1234" }, { files: 2, fileCharacters: 6, folderCharacters: 10 });
    const before = folder.snapshot();
    expect(folder.write("c", "")).toEqual({ ok: false, refusal: expect.stringContaining("the limit is 2") });
    expect(folder.write("a", "1234567")).toEqual({
      ok: false,
      refusal: expect.stringContaining("the limit for a file is 6"),
    });
    expect(folder.append("a", "6")).toEqual({
      ok: false,
      refusal: expect.stringContaining("the limit for a file is 6"),
    });
    expect(folder.append("b", "5")).toEqual({ ok: false, refusal: expect.stringContaining("the limit is 10") });
    expect(folder.snapshot()).toEqual(before);
    expect(folder.write("a", "123456").ok).toBe(true);
    expect(folder.characters).toBe(10);
  });

  test("text is stored so that it survives UTF-8 and a terminal", () => {
    const folder = folderWith({});
    expect(folder.write("a", "x\u0000\ud800y\r\nz\u001b[2J\t😀")).toMatchObject({ ok: true, replaced: 3 });
    const stored = folder.read("a")!;
    expect(stored).toBe("x\uFFFD\uFFFDy\nz\uFFFD[2J\t😀");
    expect(new TextDecoder().decode(new TextEncoder().encode(stored))).toBe(stored);
  });

  test("restore takes all files or none", () => {
    const folder = folderWith({ a: "x" });
    expect(folder.restore({ b: "y", "c/d": "z" })).toContain("c/d");
    expect(folder.snapshot()).toEqual({ a: "x" });
    expect(folder.restore({ b: "y", valueOf: "z" })).toBeUndefined();
    expect(folder.snapshot()).toEqual({ b: "y", valueOf: "z" });
    expect(folder.read("toString")).toBeUndefined();
  });

  test("rollback brings back texts, names and counts", () => {
    const folder = folderWith({ a: "x" });
    const before = folder.checkpoint();
    folder.append("a", "y");
    folder.write("b", "z");
    folder.rollback(before);
    expect(folder.snapshot()).toEqual({ a: "x" });
    expect(folder.characters).toBe(1);
    expect(folder.write("B", "").ok).toBe(true);
  });

  test("a listed file is a copy", () => {
    const folder = folderWith({ a: "x" });
    folder.list()[0]!.lines = 99;
    expect(folder.list()[0]!.lines).toBe(1);
  });

  const change = fc.record({
    kind: fc.constantFrom("write", "append", "remove"),
    file: fc.constantFrom("a", "A", "b.txt", "c", "d", "../e", ""),
    text: fc.string({ unit: "binary", maxLength: 20 }),
  });

  test("after any changes: limits hold, counts are those of the texts, and the changes rebuild the texts", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const bounds = limits({ files: 3, fileCharacters: 60, folderCharacters: 90 });
        const folder = new MemoryFolder(bounds);
        const rebuilt = new Map<string, string>();
        for (const { kind, file, text } of changes) {
          const answer =
            kind === "write"
              ? folder.write(file, text)
              : kind === "append"
                ? folder.append(file, text)
                : folder.remove(file);
          if (answer.ok) applyWrites(rebuilt, [answer.change]);
        }
        const files = folder.snapshot();
        expect(Object.fromEntries(rebuilt)).toEqual(files);
        expect(folder.list()).toEqual(
          Object.entries(files).map(([name, text]) => ({ name, characters: text.length, lines: countLines(text) })),
        );
        const texts = Object.values(files);
        expect(texts.length).toBeLessThanOrEqual(3);
        expect(Math.max(0, ...texts.map((text) => text.length))).toBeLessThanOrEqual(60);
        expect(folder.characters).toBe(texts.join("").length);
        expect(folder.characters).toBeLessThanOrEqual(90);
      }),
    );
  });

  test("ten thousand appends to a long file cost what they add", () => {
    const folder = new MemoryFolder(limits({ fileCharacters: 100_000_000, folderCharacters: 100_000_000 }));
    folder.write("log", "x\n".repeat(10_000_000));
    const start = performance.now();
    for (let index = 0; index < 10_000; index += 1) folder.append("log", `line ${index}`);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(folder.stat("log")?.lines).toBe(10_010_000);
  });
});
