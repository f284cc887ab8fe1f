import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock, type Lock, type LockHolder } from "../../src/platform/file-lock.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "automem-lock-"));
  path = join(folder, "deep", "lock");
});
afterEach(() => rm(folder, { recursive: true }));

async function taken(purpose = "a test"): Promise<Lock> {
  const lock = await acquireLock(path, purpose);
  if ("heldBy" in lock) throw new Error(`held by ${JSON.stringify(lock.heldBy)}`);
  return lock;
}

/** Leaves a lock as another process would have. */
async function leave(changes: Partial<LockHolder>): Promise<void> {
  const { holder, release } = await taken();
  await release();
  await writeFile(path, JSON.stringify({ ...holder, ...changes }));
}

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = Bun.spawn(["true"]);
  await child.exited;
  return child.pid;
}

test("is held by one at a time, who is told to the others, and is free after release", async () => {
  const lock = await taken("writing the index");
  const other = await acquireLock(path, "something else");
  expect(other).toEqual({ heldBy: lock.holder });
  expect(lock.holder).toMatchObject({ pid: process.pid, host: hostname(), purpose: "writing the index" });
  await lock.release();
  await lock.release();
  await (await taken()).release();
  expect(await readdir(join(folder, "deep"))).toEqual([]);
});

test("a second release does not free the lock of the next holder", async () => {
  const first = await taken();
  await first.release();
  await taken();
  await first.release();
  expect(await acquireLock(path, "x")).toHaveProperty("heldBy");
});

test("is taken over from a process that is gone", async () => {
  await leave({ pid: await deadPid() });
  expect((await taken()).holder.pid).toBe(process.pid);
});

test("is taken over from a process whose pid another one has now", async () => {
  await leave({ processStart: "1" });
  await taken();
});

test("is taken over when the file is damaged", async () => {
  await (await taken()).release();
  await writeFile(path, "{");
  await taken();
});

test("is not taken over from another host", async () => {
  await leave({ host: "elsewhere", pid: await deadPid() });
  expect(await acquireLock(path, "x")).toMatchObject({ heldBy: { host: "elsewhere" } });
});

test("of many that want a dead holder's lock, one gets it", async () => {
  await leave({ pid: await deadPid() });
  const results = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path, "race")));
  expect(results.filter((result) => !("heldBy" in result))).toHaveLength(1);
  expect(await readdir(join(folder, "deep"))).toEqual(["lock"]);
});
