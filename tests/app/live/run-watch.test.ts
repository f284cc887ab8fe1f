import { afterEach, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openApp } from "../../../src/app/app.ts";
import { RunWatch } from "../../../src/app/live/run-watch.ts";
import { findRun } from "../../../src/app/runs.ts";
import { runView } from "../../../src/app/web/run-view.ts";
import { filledStore } from "../../store/filled-store.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

afterEach(removeFolders);

const all = { search: "", sort: "planned", order: "up", offset: 0, limit: 100 } as const;

async function watched(which: "finished" | "stopped") {
  const home = freshFolder();
  await mkdir(home, { recursive: true });
  const filled = await filledStore(join(home, "store"));
  const app = openApp({ AUTOMEM_HOME: home });
  const run = await findRun(app, filled[which]);
  return { app, run, watch: new RunWatch(await app.store(), run, app.clock) };
}

test("states of episodes that are finished are taken from the index, not read one by one", async () => {
  const { run, watch } = await watched("finished");
  const read: string[] = [];
  const peekState = run.folder.peekState.bind(run.folder);
  run.folder.peekState = (key) => {
    read.push(key);
    return peekState(key);
  };
  expect((await watch.look()).playing).toEqual([]);
  expect(read).toEqual([]);
});

test("a run's list and what is told while one watches it name its states alike, and otherwise once one was begun anew", async () => {
  const { app, run, watch } = await watched("stopped");
  const before = await runView(app, run, all);
  expect((await watch.look()).states).toBe(before.states);
  const [episode] = run.episodes.filter(({ key }) =>
    before.episodes.some((one) => one.key === key && one.status !== "finished"),
  );
  await run.folder.markStarted(episode!, 7);
  const after = await runView(app, run, all);
  expect(after.states).not.toBe(before.states);
  expect((await watch.look()).states).toBe(after.states);
});
