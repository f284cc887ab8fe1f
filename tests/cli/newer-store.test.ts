/** A store written by a newer automem: every command refuses it, and not a byte of it changes. */
import { afterAll, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles } from "../../src/store/list-files.ts";
import { filledStore } from "../store/filled-store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

afterAll(removeFolders);

const main = join(import.meta.dir, "../../src/main.ts");

test("it is refused with what to do, and left as it is", async () => {
  const home = freshFolder();
  const { store, finished, stopped } = await filledStore(join(home, "store"));
  writeFileSync(join(store.folder, "version.json"), '{"storeVersion": 2, "layout": "other"}');
  const archive = join(freshFolder(), "run.tar.gz");
  writeFileSync(archive, "not looked at");
  const state = async () =>
    (await listFiles(home))
      .map(({ path }) => [path, statSync(join(home, path)).mtimeMs, readFileSync(join(home, path)).toString("base64")])
      .sort();
  const before = await state();
  const commands = [
    ["list"],
    ["show", finished],
    ["resume", stopped],
    ["store", "fsck"],
    ["store", "gc", "--grace", "0"],
    ["store", "reindex"],
    ["store", "size"],
    ["store", "export", finished, "--out", `${archive}.tar.gz`],
    ["store", "import", archive],
  ];
  for (const words of commands) {
    const child = Bun.spawn([process.execPath, main, ...words], {
      env: { ...process.env, AUTOMEM_HOME: home },
      stdout: "pipe",
      stderr: "pipe",
    });
    const stderr = await new Response(child.stderr).text();
    expect([words.join(" "), await child.exited]).toEqual([words.join(" "), 1]);
    expect(stderr).toContain("has version 2; this automem knows up to 1. Nothing was touched. Use a newer automem.");
    expect(await state()).toEqual(before);
  }
}, 60_000);
