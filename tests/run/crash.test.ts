/** SIGKILL at every single write and sync of a short run: nothing committed is lost or asked for twice, and the record is the same. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { checkStore } from "../../src/store/check/check-store.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { type CountingServer, startCountingServer } from "./counting-server.ts";
import { playCrashRun } from "./crash-run.ts";
import { committedOnDisk, onlyRun, startCrashChild } from "./crash-support.ts";

let server: CountingServer;
beforeAll(() => {
  server = startCountingServer();
});
afterAll(() => server.stop());
afterEach(removeFolders);

const plan = (folder: string) => ({
  store: join(folder, "store"),
  model: server.modelName,
  steps: 3,
  seeds: [1, 2],
  parallel: 2,
});

test("killed before any write or sync, or in the middle of any write", async () => {
  const whole = freshFolder();
  const playing = startCrashChild(plan(whole));
  const { runId, kinds } = JSON.parse((await new Response(playing.stdout).text()).trim().split("\n").at(-1)!);
  const wholeCalls = [...server.asked];
  expect(new Set(wholeCalls).size).toBe(wholeCalls.length);
  const { calls, actions } = await committedOnDisk(join(whole, "store"), runId);
  expect([[...calls].sort(), actions]).toEqual([[...wholeCalls].sort(), 6]);
  const records = (await playCrashRun({ ...plan(whole), runId })).finished.map(({ record }) => record);
  expect(records.length).toBe(2);
  expect(kinds.filter((kind: string) => kind === "append").length).toBeGreaterThanOrEqual(calls.length + actions);

  let killed = 0;
  for (let killAt = 1; killAt <= kinds.length; killAt++) {
    for (const torn of kinds[killAt - 1].endsWith("sync") ? [false] : [false, true]) {
      const where = `${torn ? "in" : "before"} ${kinds[killAt - 1]} ${killAt}`;
      const folder = freshFolder();
      const before = server.asked.length;
      const child = startCrashChild({ ...plan(folder), killAt, torn });
      await child.exited;
      // Two episodes share the loop, so the order of their last writes may shift by one and the end come first.
      if (child.signalCode !== "SIGKILL") continue;
      killed++;
      const asked = server.asked.slice(before);
      const run = await onlyRun(join(folder, "store"));
      const committed = await committedOnDisk(join(folder, "store"), run);
      expect(
        committed.calls.filter((call) => !asked.includes(call)),
        where,
      ).toEqual([]);
      // What was asked and is not committed was in flight: one call an episode at most.
      expect(asked.length - committed.calls.length, where).toBeLessThanOrEqual(2);

      const summary = await playCrashRun({ ...plan(folder), runId: run });
      const askedAgain = server.asked.slice(before + asked.length);
      expect(
        askedAgain.filter((call) => committed.calls.includes(call)),
        where,
      ).toEqual([]);
      expect([...committed.calls, ...askedAgain].sort(), where).toEqual([...wholeCalls].sort());
      expect(
        summary.finished.map(({ record }) => record),
        where,
      ).toEqual(records);
      expect((await checkStore(Store.forCheck(join(folder, "store")))).damage, where).toEqual([]);
      removeFolders();
    }
  }
  expect(killed).toBeGreaterThanOrEqual(kinds.length);
}, 240_000);
