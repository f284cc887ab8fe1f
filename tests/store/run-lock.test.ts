import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { episodeKey, isRunId, newRunId } from "../../src/store/run-id.ts";
import { lockRun, runHolder } from "../../src/store/run-lock.ts";
import { freshFolder, removeFolders } from "./support.ts";

const children: Bun.Subprocess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  removeFolders();
});

/** A process that takes the run and keeps it until it is killed. */
async function holderProcess(folder: string) {
  const script = `
    const { lockRun } = await import(${JSON.stringify(join(import.meta.dir, "../../src/store/run-lock.ts"))});
    await lockRun(${JSON.stringify(folder)}, "toy-1", 0);
    Bun.gc(true);
    console.log("held");
    setTimeout(() => {}, 20_000);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
  children.push(child);
  await child.stdout.getReader().read();
  return child;
}

test("a run held by a living process is refused, with who holds it; a killed holder is taken over", async () => {
  const folder = freshFolder();
  const child = await holderProcess(folder);
  expect(runHolder(folder)?.pid).toBe(child.pid);
  await expect(lockRun(folder, "toy-1", 0)).rejects.toMatchObject({
    code: "run-held",
    data: { holder: { pid: child.pid } },
  });
  await expect(lockRun(folder, "toy-1", 0)).rejects.toThrow(`process ${child.pid} on`);
  child.kill("SIGKILL");
  await child.exited;
  expect(runHolder(folder)).toBeUndefined();
  const lock = await lockRun(folder, "toy-1", 0);
  expect(runHolder(folder)?.pid).toBe(process.pid);
  lock.release();
});

test("of processes that take over a dead holder's run at once, one gets it", async () => {
  const folder = freshFolder();
  const child = await holderProcess(folder);
  child.kill("SIGKILL");
  await child.exited;
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => lockRun(folder, "toy-1", 0)));
  expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
});

test("run ids sort by time and are safe names; clocks that jump back only change the order", () => {
  const now = Date.UTC(2026, 10, 21, 11, 7);
  expect(newRunId("crafter", now, () => 0)).toBe("crafter-20261121-1107-aaaa");
  expect(newRunId("My Game/../x", now, () => 0.999)).toBe("my-game-x-20261121-1107-9999");
  expect(isRunId(newRunId("crafter", now))).toBe(true);
  for (const name of ["", "..", "a/b", "A", "-a", "a\\b", "a.b"]) expect(isRunId(name)).toBe(false);
});

test("episode keys keep tasks apart that differ only in what a file name cannot hold", () => {
  expect(episodeKey({ task: "default", seed: 42 })).toBe("default-s42");
  const keys = ["MiniHack-Quest", "minihack-quest", "MiniHack/Quest", "", "ü", "x".repeat(500)].map((task) =>
    episodeKey({ task, seed: 1 }),
  );
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) expect(key).toMatch(/^[a-z0-9-]{1,80}$/);
});
