import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAtomic } from "../../src/platform/atomic-write.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-write-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("makes folders and replaces what was there", async () => {
  const path = join(folder, "a", "b");
  await writeAtomic(path, "old");
  await writeAtomic(path, new Uint8Array([110, 101, 119]));
  expect(await readFile(path, "utf8")).toBe("new");
  expect(await readdir(join(folder, "a"))).toEqual(["b"]);
});

test("leaves nothing behind and the target untouched when it fails", async () => {
  await mkdir(join(folder, "taken", "inside"), { recursive: true });
  await expect(writeAtomic(join(folder, "taken"), "x")).rejects.toThrow();
  await writeAtomic(join(folder, "other"), "x");
  expect((await readdir(folder)).sort()).toEqual(["other", "taken"]);
});

test("of many writers at once one whole content stays", async () => {
  const path = join(folder, "file");
  const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(contents.map((content) => writeAtomic(path, content)));
  expect(contents).toContain(await readFile(path, "utf8"));
  expect(await readdir(folder)).toEqual(["file"]);
});
