/** What a folder holds. */
import { afterAll, expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { namesIn } from "../../src/platform/names-in.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

afterAll(removeFolders);

test("names what is in a folder, nothing for one that is not there, and fails for what is none", async () => {
  const folder = freshFolder();
  expect(await namesIn(folder)).toEqual([]);
  await mkdir(join(folder, "inner"), { recursive: true });
  await writeFile(join(folder, "file"), "");
  expect((await namesIn(folder)).sort()).toEqual(["file", "inner"]);
  expect(namesIn(join(folder, "file"))).rejects.toThrow("ENOTDIR");
});
