/** The wall clock goes back and forth by days while a run plays: names, order, locks and records do not follow it. */
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { collectGarbage } from "../../src/store/garbage/collect.ts";
import { isRunId } from "../../src/store/run-id.ts";
import { seeded } from "../store/seeded.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { HashModel, ringDependencies, ringSettings } from "./support.ts";

afterEach(removeFolders);

const day = 86_400_000;

/** Another day at every look, up to a year before or after. */
function jumpingClock(seed: number): Clock {
  const random = seeded(seed);
  return { ...systemClock, nowMs: () => Date.now() + Math.floor((random() - 0.5) * 730) * day };
}

const settings = ringSettings({ seeds: [1, 2, 3], parallel: 2 });

test("the records are those of a steady clock, also over an interruption, and durations are never negative", async () => {
  const steady = await startRun(await ringDependencies(join(freshFolder(), "store")), { settings, commandLine: [] });
  const folder = join(freshFolder(), "store");
  const stop = new AbortController();
  let asked = 0;
  const model = new HashModel(() => {
    if (++asked === 20) stop.abort();
  });
  const first = await ringDependencies(folder, { model, signal: stop.signal, clock: jumpingClock(1) });
  const { runId } = await startRun(first, { settings, commandLine: [] });
  const second = await ringDependencies(folder, { clock: jumpingClock(2) });
  const summary = await resumeRun(second, runId);
  expect(summary.finished.map(({ record }) => record)).toEqual(steady.finished.map(({ record }) => record));
  expect(summary.finished.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  for (const { totals } of [...first.events, ...second.events]) {
    expect(totals.elapsedMs).toBeGreaterThanOrEqual(0);
    expect(totals.leftMs ?? 0).toBeGreaterThanOrEqual(0);
  }
});

test("a held run stays held, and a released one is free, whatever the clock says", async () => {
  const folder = join(freshFolder(), "store");
  const { runId } = await startRun(await ringDependencies(folder), { settings, commandLine: [] });
  const { store } = await ringDependencies(folder);
  const run = store.runs.folder(runId);
  for (const nowMs of [0, Date.now() - 400 * day, Date.now() + 400 * day]) {
    const lock = await run.lock(nowMs);
    for (const clock of [jumpingClock(3), jumpingClock(4)]) {
      await expect(resumeRun(await ringDependencies(folder, { clock }), runId)).rejects.toMatchObject({
        code: "run-held",
      });
    }
    lock.release();
    expect((await resumeRun(await ringDependencies(folder), runId)).finished.length).toBe(3);
  }
});

test("runs made while the clock jumps have names of their own, and are all found and listed", async () => {
  const folder = join(freshFolder(), "store");
  const ids: string[] = [];
  const clock = jumpingClock(5);
  for (let count = 0; count < 8; count++) {
    ids.push(
      (await startRun(await ringDependencies(folder, { clock }), { settings: ringSettings(), commandLine: [] })).runId,
    );
  }
  expect(new Set(ids).size).toBe(8);
  expect(ids.every(isRunId)).toBe(true);
  const { store } = await ringDependencies(folder);
  const listed = await store.catalogue.listRuns();
  expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort());
  const created = listed.map((row) => row.created);
  expect(created).toEqual([...created].sort().reverse());
});

test("garbage collection that thinks it is next year takes nothing from a run that plays", async () => {
  const folder = join(freshFolder(), "store");
  const expected = await startRun(await ringDependencies(join(freshFolder(), "store")), { settings, commandLine: [] });
  const model = new HashModel(async () => {
    const { store } = await ringDependencies(folder);
    // Of two episodes that are at it at once, one collects.
    await collectGarbage(store, { nowMs: Date.now() + 365 * day, graceMs: 0, dryRun: false }).catch((fault) => {
      if (fault.code !== "gc-running") throw fault;
    });
  });
  const summary = await startRun(await ringDependencies(folder, { model }), { settings, commandLine: [] });
  expect(summary.finished.map(({ record }) => record)).toEqual(expected.finished.map(({ record }) => record));
});
