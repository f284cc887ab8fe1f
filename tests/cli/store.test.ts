/** `automem store`, as a user types it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles } from "../../src/store/list-files.ts";
import { type FilledStore, filledStore } from "../store/filled-store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";

const main = join(import.meta.dir, "../../src/main.ts");
let home: string;
let filled: FilledStore;
beforeAll(async () => {
  home = freshFolder();
  filled = await filledStore(join(home, "store"));
});
afterAll(removeFolders);

async function automem(words: string[], in_ = home) {
  const child = Bun.spawn([process.execPath, main, "store", ...words], {
    env: { ...process.env, AUTOMEM_HOME: in_ },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

test("fsck exits with 0 on a sound store and with 1 on damage, and names file, run, episode and record", async () => {
  const sound = await automem(["fsck"]);
  expect([sound.exitCode, sound.stderr]).toEqual([0, ""]);
  expect(sound.stdout).toContain(
    "Read 8 blobs, 5 records, 1 refs, 2 runs, 3 episodes, 1 journals under way, 0 campaigns.\nNo damage.",
  );

  const { record } = (await filled.store.runs.folder(filled.finished).peekState("left-s1"))!;
  const path = filled.store.records.path(record!);
  const text = readFileSync(path);
  writeFileSync(path, text.subarray(1));
  const damaged = await automem(["fsck"]);
  expect(damaged.exitCode).toBe(1);
  expect(damaged.stdout).toContain(
    `damaged  records/${record!.slice(0, 2)}/${record!.slice(2)}.json: its content has hash`,
  );
  expect(damaged.stdout).toContain(`  touches episode ${filled.finished}/left-s1\n`);
  const json = await automem(["fsck", "--json"]);
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.stdout).damage).toMatchObject([{ episodes: [{ run: filled.finished, key: "left-s1" }] }]);
  const refused = await automem(["gc"]);
  expect([refused.exitCode, refused.stderr.includes("nothing was removed")]).toEqual([1, true]);
  writeFileSync(path, text);

  const version = join(home, "store", "version.json");
  const versionText = readFileSync(version, "utf8");
  writeFileSync(version, versionText.replace("1", "7"));
  expect((await automem(["fsck"])).stdout).toContain("damaged  version.json");
  writeFileSync(version, versionText);
});

test("size adds up", async () => {
  const { exitCode, stdout } = await automem(["size", "--json"]);
  expect(exitCode).toBe(0);
  const size = JSON.parse(stdout);
  const files = await listFiles(join(home, "store"));
  expect(size.total).toEqual({ files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) });
  const parts = [size.blobs, size.records, size.runs, size.index, size.other];
  expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(size.total.bytes);
  expect(size.blobs.files).toBe(8);
  expect(size.journals.files).toBe(2);
  const [one, two] = [filled.finished, filled.stopped].map((run) =>
    size.byRun.find((row: { run: string }) => row.run === run),
  );
  // The scaffold's record and its two blobs are shared.
  expect(one.objects.files - one.own.files).toBe(3);
  expect(two.objects.files).toBe(4);
  expect(two.own.files).toBe(1);
  expect(one.folder.bytes + two.folder.bytes).toBe(size.runs.bytes);
  expect((await automem(["size"])).stdout).toContain(filled.stopped);
});

test("gc tells what would go, and takes its grace period from the flag", async () => {
  const hash = await filled.store.blobs.put("nobody needs this");
  const dry = JSON.parse((await automem(["gc", "--dry-run", "--grace", "0", "--json"])).stdout);
  expect(dry).toMatchObject({
    dryRun: true,
    removed: [{ kind: "blob", path: `blobs/${hash.slice(0, 2)}/${hash.slice(2)}.zst` }],
  });
  expect(await filled.store.blobs.has(hash)).toBe(true);
  expect((await automem(["gc"])).stdout).toContain(
    "Removed 0 files (0 B). 13 objects are needed, 1 are too young to go.",
  );
  expect((await automem(["gc", "--grace", "0"])).stdout).toContain("Removed 1 files");
  expect(await filled.store.blobs.has(hash)).toBe(false);
  expect((await automem(["gc", "--grace", "soon"])).exitCode).toBe(2);
});

test("reindex builds the index anew", async () => {
  rmSync(join(home, "store", "index.sqlite"), { force: true });
  expect(JSON.parse((await automem(["reindex", "--json"])).stdout)).toEqual({ runs: 2 });
  expect(existsSync(join(home, "store", "index.sqlite"))).toBe(true);
});

test("export and import carry a run to another home", async () => {
  const other = freshFolder();
  const archive = join(other, "run.tar.gz");
  expect((await automem(["export", filled.finished, "--out", join(other, "run.zip")])).exitCode).toBe(2);
  const out = await automem(["export", filled.finished, "--out", archive, "--json"]);
  expect([out.exitCode, JSON.parse(out.stdout).run]).toEqual([0, filled.finished]);
  const into = join(other, "home");
  expect((await automem(["import", archive], into)).stdout).toContain(`automem show ${filled.finished}`);
  expect((await automem(["import", archive], into)).stdout).toContain("was here already");
  expect((await automem(["fsck"], into)).exitCode).toBe(0);
  writeFileSync(archive, readFileSync(archive).subarray(0, 500));
  const cut = await automem(["import", archive], into);
  expect([cut.exitCode, cut.stderr.includes("is not taken in")]).toEqual([1, true]);
  expect((await automem(["import", join(other, "nothing.tar.gz")], into)).exitCode).toBe(2);
});

test("a home without a store is told, and gets none", async () => {
  const empty = freshFolder();
  for (const words of [["fsck"], ["gc"], ["size"], ["reindex"], ["export", "last", "--out", "x.tar.gz"]]) {
    const { exitCode, stderr } = await automem(words, empty);
    expect([words[0], exitCode, stderr.includes("There is no store")]).toEqual([words[0], 2, true]);
  }
  expect(existsSync(join(empty, "store"))).toBe(false);
});
