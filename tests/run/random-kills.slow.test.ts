/** SIGKILL at 200 random times of longer, parallel runs: no committed call is made twice, none is lost, and the records are the same. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { checkStore } from "../../src/store/check/check-store.ts";
import { Store } from "../../src/store/store.ts";
import { seeded } from "../store/seeded.ts";
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

const killsWanted = 200;
const parallel = 3;
const plan = (folder: string, runId?: string) => ({
  store: join(folder, "store"),
  model: server.modelName,
  steps: 40,
  seeds: [1, 2, 3, 4],
  parallel,
  runId,
});

test(`killed ${killsWanted} times at random`, async () => {
  const whole = await playCrashRun(plan(freshFolder()));
  const records = whole.finished.map(({ record }) => record);
  expect(records.length).toBe(4);
  const wholeCalls = [...server.asked].sort();
  const random = seeded(4);
  let kills = 0;
  while (kills < killsWanted) {
    const folder = freshFolder();
    const { store } = plan(folder);
    const before = server.asked.length;
    let inFlight = 0;
    let committed = new Set<string>();
    for (let finished = false; !finished && kills < killsWanted; ) {
      const run = await onlyRun(store);
      const seen = server.asked.length;
      const child = startCrashChild(plan(folder, run));
      await child.stdout.getReader().read();
      // Half of them are killed anywhere, most often while they replay; the others once they play on.
      const playsOn = random() < 0.5;
      while (playsOn && server.asked.length === seen && child.exitCode === null) await Bun.sleep(1);
      await Bun.sleep(random() * (playsOn ? 150 : 50));
      child.kill("SIGKILL");
      await child.exited;
      if (child.signalCode === "SIGKILL") kills++;
      else finished = true;
      const asked = server.asked.slice(seen);
      expect(
        asked.filter((call) => committed.has(call)),
        `kill ${kills}`,
      ).toEqual([]);
      const now = await committedOnDisk(store, await onlyRun(store));
      expect(
        [...committed].filter((call) => !now.calls.includes(call)),
        `kill ${kills}`,
      ).toEqual([]);
      const paid = new Set(asked);
      expect(
        now.calls.filter((call) => !committed.has(call) && !paid.has(call)),
        `kill ${kills}`,
      ).toEqual([]);
      const lost = asked.filter((call) => !now.calls.includes(call)).length;
      expect(lost, `kill ${kills}`).toBeLessThanOrEqual(parallel);
      inFlight += lost;
      committed = new Set(now.calls);
    }
    const seen = server.asked.length;
    const summary = await playCrashRun(plan(folder, await onlyRun(store)));
    expect(server.asked.slice(seen).filter((call) => committed.has(call))).toEqual([]);
    expect(summary.finished.map(({ record }) => record)).toEqual(records);
    expect([...new Set(server.asked.slice(before))].sort()).toEqual(wholeCalls);
    expect(server.asked.length - before).toBe(wholeCalls.length + inFlight);
    expect((await checkStore(Store.forCheck(store))).damage).toEqual([]);
    removeFolders();
  }
}, 240_000);
