/** Garbage is collected again and again, with no grace, while runs play in another process: nothing that they need goes. */
import { afterEach, expect, test } from "bun:test";
import { linkSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkStore } from "../../src/store/check/check-store.ts";
import { collectGarbage } from "../../src/store/garbage/collect.ts";
import { listObjects } from "../../src/store/list-files.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { startCountingServer } from "./counting-server.ts";
import { playCrashRun } from "./crash-run.ts";
import { startCrashChild } from "./crash-support.ts";

afterEach(removeFolders);

test("a run ends with its records while gc loops beside it, over old copies of all that the run writes", async () => {
  const server = startCountingServer();
  try {
    const plan = (folder: string) => ({
      store: join(folder, "store"),
      model: server.modelName,
      steps: 4,
      seeds: Array.from({ length: 12 }, (_, index) => index),
      parallel: 4,
    });
    const whole = freshFolder();
    const expected = (await playCrashRun(plan(whole))).finished.map(({ record }) => record);
    const source = join(whole, "store");
    const { objects } = await listObjects(source);
    expect(objects.length).toBeGreaterThan(30);

    const folder = freshFolder();
    const store = await Store.open(join(folder, "store"));
    const old = new Date(Date.now() - 86_400_000);
    const spare = mkdtempSync(join(folder, "spare-"));
    /** Puts an old, unreached copy of each object where it is not, in one step, as an earlier run would have left it. */
    const plant = async () => {
      for (const { path, hash } of objects) {
        const target = join(store.folder, path);
        const copy = join(spare, `${hash}-${crypto.randomUUID()}`);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(copy, await Bun.file(join(source, path)).bytes());
        utimesSync(copy, old, old);
        try {
          linkSync(copy, target);
        } catch (cause) {
          expect((cause as NodeJS.ErrnoException).code).toBe("EEXIST");
        }
      }
    };
    await plant();
    const child = startCrashChild(plan(folder));
    const output = new Response(child.stdout).text();
    let removed = 0;
    let rounds = 0;
    while (child.exitCode === null) {
      const report = await collectGarbage(store, { nowMs: Date.now(), graceMs: 1000, dryRun: false });
      removed += report.removed.length;
      rounds++;
      expect((await checkStore(Store.forCheck(store.folder))).damage).toEqual([]);
      await plant();
      await Bun.sleep(0);
    }
    expect((await output).trim().split("\n").length).toBe(2);
    expect(rounds).toBeGreaterThan(3);
    expect(removed).toBeGreaterThan(objects.length);
    const [id] = await store.runs.ids();
    const run = await store.runs.open(id!);
    const records = [];
    for (const { key } of run.episodes) records.push((await run.folder.peekState(key))?.record);
    expect(records).toEqual(expected);
    expect((await checkStore(Store.forCheck(store.folder))).damage).toEqual([]);
  } finally {
    await server.stop();
  }
}, 60_000);
