import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolder } from "../../src/platform/remove-folder.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

afterAll(removeFolders);

test("removes a folder whose files and folders are read-only, and leaves what its links lead to", async () => {
  const folder = freshFolder();
  const target = join(folder, "target");
  mkdirSync(join(target, "deep", "deeper"), { recursive: true });
  mkdirSync(join(folder, "elsewhere"));
  writeFileSync(join(folder, "elsewhere", "kept.txt"), "kept");
  writeFileSync(join(target, "deep", "deeper", "file.txt"), "gone", { mode: 0o444 });
  symlinkSync(join(folder, "elsewhere"), join(target, "deep", "link"));
  chmodSync(join(target, "deep", "deeper"), 0o555);
  chmodSync(join(target, "deep"), 0o555);
  chmodSync(target, 0o555);
  chmodSync(join(folder, "elsewhere"), 0o555);
  await removeFolder(target);
  expect(existsSync(target)).toBe(false);
  expect(readFileSync(join(folder, "elsewhere", "kept.txt"), "utf8")).toBe("kept");
  chmodSync(join(folder, "elsewhere"), 0o755);
});

test("has nothing to do where there is no folder", async () => {
  await removeFolder(join(freshFolder(), "nothing"));
});
