import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fileNameFault } from "../../src/memory/file-name.ts";

describe("file names", () => {
  test.each(["notes.txt", "a", "0", "Map_2-b.md", "x".repeat(64), "constructor.txt", "com10", "console.txt"])(
    "accepts %s",
    (name) => expect(fileNameFault(name)).toBeUndefined(),
  );

  test.each([
    ["", "empty"],
    [".", "begin with a letter"],
    ["..", "begin with a letter"],
    [".hidden", "begin with a letter"],
    ["-rf", "begin with a letter"],
    ["__proto__", "begin with a letter"],
    ["a.", "end with a dot"],
    ["a b", "only letters"],
    ["a\u0000", "only letters"],
    ["é.txt", "only letters"],
    ["sub/x", "no folders"],
    ["..\\x", "no folders"],
    ["x".repeat(65), "limit is 64"],
    ["nul", "reserved"],
    ["constructor", "reserved"],
    ["prototype", "reserved"],
    ["CON.txt", "reserved"],
    ["Com1.log.txt", "reserved"],
  ])("refuses %j and says why", (name, why) => expect(fileNameFault(name)).toContain(why));

  test("a path is answered with its last part as the name to use", () => {
    expect(fileNameFault("memory/goals.txt")).toEndWith("Use a name like goals.txt");
    expect(fileNameFault("../..")).toEndWith("Use a name like notes.txt");
  });

  test("no accepted name can leave a folder or name a hidden file", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 70 }), (name) => {
        if (fileNameFault(name) !== undefined) return;
        expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
        expect(name.endsWith(".")).toBe(false);
      }),
    );
  });
});
