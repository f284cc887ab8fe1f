/** A full disk and a read-only one: real file systems, small and of their own (a tmpfs in a mount namespace that ends with the process). */
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { freshFolder, removeFolders } from "../store/support.ts";

afterEach(removeFolders);

const child = join(import.meta.dir, "bad-disk-child.ts");
/** As root, or as a user who may have namespaces. */
const namespaces = [
  ["unshare", "--mount"],
  ["unshare", "--map-root-user", "--mount"],
].find((words) => {
  const tried = Bun.which("unshare") && Bun.spawnSync([...words, "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]);
  return tried !== null && tried !== "" && tried.success;
});
const reason = namespaces === undefined ? " (skipped: this system lets no tmpfs be mounted in a namespace)" : "";

async function onTmpfs(mode: string, size: string): Promise<unknown> {
  const folder = freshFolder();
  const script = `mount -t tmpfs -o size=${size} tmpfs "$1" && exec "$2" "$3" "$4" "$1"`;
  const words = [...namespaces!, "sh", "-c", script, "sh", folder, process.execPath, child, mode];
  const playing = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([
    new Response(playing.stdout).text(),
    new Response(playing.stderr).text(),
  ]);
  expect([await playing.exited, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe.skipIf(namespaces === undefined)(`a bad disk${reason}`, () => {
  test("full: wherever it fills up, the run ends with `disk-full`; with room again it goes on to the same records", async () => {
    const outcomes = (await onTmpfs("full", "2m")) as {
      pages: number;
      code?: string;
      damaged: number;
      equal: boolean;
      lostCalls: number;
      damagedAfter: number;
    }[];
    const last = outcomes.at(-1);
    expect(last).toEqual({ pages: outcomes.length - 1, damaged: 0, equal: true, lostCalls: 0, damagedAfter: 0 });
    expect(outcomes.length).toBeGreaterThan(10);
    for (const outcome of outcomes.slice(0, -1)) {
      // A call in flight when a write failed is made again: one an episode.
      expect(outcome.lostCalls, JSON.stringify(outcome)).toBeLessThanOrEqual(2);
      expect({ ...outcome, lostCalls: 0 }).toEqual({
        pages: outcome.pages,
        code: "disk-full",
        damaged: 0,
        equal: true,
        lostCalls: 0,
        damagedAfter: 0,
      });
    }
  }, 120_000);

  test("read-only: all can be looked at, nothing is played, and what to do is said; writable again, the run goes on", async () => {
    expect(await onTmpfs("read-only", "8m")).toEqual({
      list: true,
      steps: expect.any(Number),
      holder: null,
      damage: [],
      start: "not-writable",
      resume: "not-writable",
      put: "not-writable",
      gc: "not-writable",
      export: "not-writable",
      finished: 2,
    });
  }, 60_000);
});
