/** Loading of packages: paths, sizes, manifest, modules, and the hash. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { ScaffoldError } from "../../src/core/errors.ts";
import { hashBytes, hashJson } from "../../src/core/hash.ts";
import { loadScaffold } from "../../src/scaffold/load-scaffold.ts";
import { checkPackage, packageLimits } from "../../src/scaffold/package-files.ts";
import { episode, loadHooks, manifestText, memoryOf, packageFiles, step } from "./packages.ts";

const hooks = `export default { logPrompt: () => "log", planPrompt: () => "plan" };`;
const memory = memoryOf({});

function messageOf(texts: Record<string, string>): string {
  try {
    checkPackage(packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks, ...texts }));
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ScaffoldError);
    return (thrown as Error).message;
  }
  return "";
}

describe("a package is refused", () => {
  for (const path of [
    "../x.txt",
    "/etc/passwd",
    "a/../b.txt",
    "./a.txt",
    "a//b.txt",
    "a/",
    "",
    ".hidden",
    "a\\b.txt",
    "C:x",
    "a b.txt",
    "é.txt",
    "x\u0000.txt",
    `${"a".repeat(300)}.txt`,
  ]) {
    test(`for the path ${JSON.stringify(path).slice(0, 40)}`, () => {
      expect(messageOf({ [path]: "x" })).toContain("is not allowed");
    });
  }

  test("for paths that differ in case only", () => {
    expect(messageOf({ "a.txt": "x", "A.txt": "y" })).toContain("differ in case only");
  });

  test("for too many files, a file too large, too much in all", () => {
    const many = Object.fromEntries(Array.from({ length: packageLimits.files }, (_, index) => [`f${index}.txt`, ""]));
    expect(messageOf(many)).toContain("202 files; 200 at most");
    expect(messageOf({ "big.txt": "x".repeat(packageLimits.fileBytes + 1) })).toContain("262144 at most");
    const large = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}.txt`, "x".repeat(250_000)]));
    expect(messageOf(large)).toContain("2097152 at most");
  });

  test("for bytes that are not UTF-8", () => {
    const files = packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks });
    files.set("x.txt", Uint8Array.of(0xff, 0xfe));
    expect(() => checkPackage(files)).toThrow(/"x.txt" is not UTF-8/);
  });

  test("for a manifest that is missing, is not JSON, or does not fit", () => {
    expect(() => checkPackage(packageFiles({ "hooks.ts": hooks }))).toThrow(/scaffold.json is missing/);
    expect(messageOf({ "scaffold.json": "{" })).toContain("scaffold.json is not JSON");
    expect(messageOf({ "scaffold.json": manifestText.replace("1.2.3", "one") })).toContain("version");
    expect(messageOf({ "scaffold.json": manifestText.replace('"entry"', '"extra":1,"entry"') })).toContain("extra");
    expect(messageOf({ "scaffold.json": manifestText.replace("hooks.ts", "none.ts") })).toContain(
      '"none.ts" of scaffold.json',
    );
  });

  const broken: Record<string, [source: string, says: RegExp]> = {
    "a syntax error": ["export default {", /hooks.ts of the scaffold package cannot be loaded/],
    "no default export": ["export const x = 1;", /no default export/],
    "a prompt that is missing": [`export default { logPrompt: () => "" };`, /planPrompt is missing/],
    "a misspelt hook": [
      `export default { logPrompt: () => "", planPrompt: () => "", planPromt: () => "" };`,
      /"planPromt" is not a hook/,
    ],
    "an error as it loads": [`throw new Error("no luck");`, /no luck/],
    "an operation without run": [
      `export default { logPrompt: () => "", planPrompt: () => "", operations: [{ name: "X2" }] };`,
      /X2 has no run/,
    ],
    "an operation with a name that is taken": [
      `export default { logPrompt: () => "", planPrompt: () => "", operations: [{ name: "READ", phases: ["log"], effect: "read", arguments: [], help: "", run() {} }] };`,
      /the name is taken/,
    ],
    "a hidden operation that does not exist": [
      `export default { logPrompt: () => "", planPrompt: () => "", hiddenOperations: ["REED"] };`,
      /REED/,
    ],
  };
  for (const [name, [source, says]] of Object.entries(broken)) {
    test(`for ${name}`, async () => {
      const files = packageFiles({ "scaffold.json": manifestText, "hooks.ts": source });
      const thrown = await loadScaffold(files).catch((error) => error);
      expect(thrown).toBeInstanceOf(ScaffoldError);
      expect(thrown.message).toMatch(says);
    });
  }
});

describe("a package that loads", () => {
  test("has the hash of its record, whatever the order of its files", async () => {
    const files = packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks, "prompts/a.md": "A" });
    const scaffold = await loadScaffold(files);
    expect(scaffold.hash).toBe(hashJson(scaffold.record));
    expect(scaffold.record.files["prompts/a.md"]).toBe(hashBytes("A"));
    expect(checkPackage(new Map([...files].reverse())).hash).toBe(scaffold.hash);
    expect(
      checkPackage(packageFiles({ "scaffold.json": manifestText, "hooks.ts": hooks, "prompts/a.md": "B" })).hash,
    ).not.toBe(scaffold.hash);
  });

  test("behaves alike whatever the order of its files", async () => {
    const source = `import { files } from "automem"; export default { logPrompt: () => "x", planPrompt: () => Object.keys(files("f")).join() };`;
    const parts = packageFiles({
      "scaffold.json": manifestText,
      "hooks.ts": source,
      "f/c.txt": "",
      "f/a.txt": "",
      "f/b.txt": "",
    });
    for (const files of [parts, new Map([...parts].reverse())]) {
      const session = await (await loadScaffold(files)).open(episode, 1);
      expect(session.planPrompt(step, memory)).toBe("a.txt,b.txt,c.txt");
    }
  });

  test("imports its own modules, also up and down folders, and types from anywhere", async () => {
    const scaffold = await loadHooks(
      "handoff: () => deep()",
      `import { deep } from "./lib/deep.ts"; import type { X } from "./lib/types.ts"; export type Y = X;`,
      {
        "lib/deep.ts": `import { word } from "../word.ts"; export const deep = (): string => word + "!";`,
        "lib/types.ts": "export type X = string;",
        "word.ts": `export const word: string = "hello";`,
      },
    );
    const session = await scaffold.open(episode, 1);
    expect(session.handoff(step, memory)).toBe("hello!");
  });

  test("reads its text files, but neither NOTES.md nor the manifest", async () => {
    const scaffold = await loadHooks(
      `handoff: () => JSON.stringify([text("prompts/log.md"), files("files/toy"), files("files"), fill("{{a}} and {{b}}", { a: 1, b: "x" })]),
       planContinue: () => text("NOTES.md"), logContinue: () => fill("{{toString}}", {})`,
      "",
      {
        "prompts/log.md": "LOG",
        "files/toy/a.txt": "A",
        "files/toy/b.txt": "",
        "files/c.txt": "C",
        "NOTES.md": "N",
        __proto__x: "p",
      },
    );
    const session = await scaffold.open(episode, 1);
    expect(JSON.parse(session.handoff(step, memory))).toEqual([
      "LOG",
      { "a.txt": "A", "b.txt": "" },
      { "c.txt": "C" },
      "1 and x",
    ]);
    expect(() => session.planContinue(step, memory, { results: [], callsLeft: 1 })).toThrow(/no file "NOTES.md"/);
    const other = await scaffold.open(episode, 1);
    expect(() => other.logContinue(step, memory, { results: [], callsLeft: 1 })).toThrow(/toString/);
  });
});

test("any set of paths and bytes is a package or a ScaffoldError", () => {
  const file = fc.tuple(
    fc.oneof(fc.string(), fc.constantFrom("scaffold.json", "hooks.ts", "__proto__", "a/b.ts")),
    fc.uint8Array({ maxLength: 50 }),
  );
  fc.assert(
    fc.property(fc.array(file, { maxLength: 6 }), (entries) => {
      try {
        checkPackage(new Map(entries));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(ScaffoldError);
      }
    }),
  );
});
