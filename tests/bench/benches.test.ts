/** That the benches measure what they say: the stores they read are whole, and processes are looked at rightly. Nothing here is timed. */
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { checkStore } from "../../src/store/check/check-store.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { startZeroServer } from "./automem-process.ts";
import { recordLongRun, recordManyRuns } from "./page-store.ts";
import { lookAt, watchTree } from "./process-watch.ts";
import { recordRuns } from "./recorded-store.ts";

afterEach(removeFolders);

test("a store made for reading is whole, and has its episodes, figures and times", async () => {
  const home = freshFolder();
  await recordRuns(home, { runs: 2, episodes: 3, steps: 4 });
  const store = await Store.open(join(home, "store"));
  try {
    expect((await checkStore(store)).damage).toEqual([]);
    const rows = await store.catalogue.listRuns();
    expect(rows.map(({ id, finished, steps }) => [id, finished, steps])).toEqual([
      ["bench-1", 3, 12],
      ["bench-0", 3, 12],
    ]);
    const run = await store.runs.open("bench-0");
    const [times] = await store.catalogue.timeSums(run.folder, [run.episodes[0]?.key ?? ""]);
    expect(times?.steps).toBe(4);
    const state = await run.folder.peekState(run.episodes[2]?.key ?? "");
    const record = await store.records.get(state?.record ?? "", "automem.episode/1");
    expect(record).toMatchObject({ seed: 2, figures: { steps: 4 } });
  } finally {
    store.close();
  }
});

test("stores made for the page are whole, and have what it is measured on", async () => {
  const home = freshFolder();
  expect(await recordLongRun(home, 300)).toBe("/runs/bench-long/long-s1");
  await recordManyRuns(home, 3, 4);
  const store = await Store.open(join(home, "store"));
  try {
    expect((await checkStore(store)).damage).toEqual([]);
    const rows = await store.catalogue.listRuns();
    expect(rows.map(({ id, finished, steps }) => [id, finished, steps])).toEqual([
      ["bench-2", 4, 80],
      ["bench-1", 4, 80],
      ["bench-0", 4, 80],
      ["bench-long", 1, 300],
    ]);
  } finally {
    store.close();
  }
});

test("the zero-latency server answers, and says what its process costs while it lives", async () => {
  const server = await startZeroServer();
  try {
    const url = server.model.replace("openai:zero@", "");
    const body = JSON.stringify({ messages: [{ role: "user", content: "This is LOG: note it." }] });
    const answer = await fetch(`${url}/chat/completions`, { method: "POST", body });
    expect(await answer.text()).toContain("<|DONE|>");
    if (process.platform !== "linux") return;
    expect(lookAt(server.pid)?.residentBytes).toBeGreaterThan(10_000_000);
    const { childCount, children } = watchTree(process.pid).stop();
    expect(childCount).toBeGreaterThanOrEqual(1);
    expect(children.residentBytes).toBeGreaterThan(10_000_000);
  } finally {
    server.stop();
  }
});

test("a process that is gone has nothing to look at", () => {
  const { pid } = Bun.spawnSync(["true"]);
  expect(lookAt(pid)).toBeUndefined();
});
