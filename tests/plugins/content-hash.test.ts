import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFiles, readPluginFolder, writeFiles } from "../../src/plugins/content-hash.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-hash-"));
});
afterEach(() => rm(folder, { recursive: true }));

const files = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([path, text]) => [path, new TextEncoder().encode(text)]));

test("does not depend on the order of files, and changes with a name or a byte", () => {
  const hash = hashFiles(files({ a: "1", b: "2" }));
  expect(hashFiles(files({ b: "2", a: "1" }))).toBe(hash);
  expect(hashFiles(files({ a: "1", b: "3" }))).not.toBe(hash);
  expect(hashFiles(files({ a: "1", c: "2" }))).not.toBe(hash);
  expect(hashFiles(files({ a: "12", b: "" }))).not.toBe(hash);
});

test("a folder that is written and read again has the same hash, whatever caches came in between", async () => {
  const content = files({ "plugin.json": "{}", "pkg/__init__.py": "x = 1" });
  await writeFiles(folder, content);
  await writeFiles(
    folder,
    files({ "pkg/__pycache__/x.pyc": "1", ".git/HEAD": "1", "node_modules/x/y": "1", ".venv/bin/python": "" }),
  );
  const read = await readPluginFolder(folder);
  expect([...read.keys()]).toEqual(["pkg/__init__.py", "plugin.json"]);
  expect(hashFiles(read)).toBe(hashFiles(content));
});

test("refuses a link, and what is no folder", async () => {
  await symlink("/etc/passwd", join(folder, "link"));
  await expect(readPluginFolder(folder)).rejects.toMatchObject({ code: "bad-source" });
  await expect(readPluginFolder(join(folder, "nothing"))).rejects.toMatchObject({ code: "not-a-plugin" });
});
