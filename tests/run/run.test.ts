import { afterEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GameError, ProviderError, ScaffoldError, StoreError } from "../../src/core/errors.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { parseLines } from "../../src/store/journal-line.ts";
import { decodeSegment, segmentTexts } from "../../src/store/segment.ts";
import { Store } from "../../src/store/store.ts";
import { FakeScaffold } from "../agent/support.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { HashModel, RingGame, ringDependencies, ringScaffold, ringSettings } from "./support.ts";

afterEach(removeFolders);

const storeFolder = () => join(freshFolder(), "store");

/** Plays a new run until the model was asked `calls` times, and stops it there. */
async function stoppedRun(folder: string, calls: number, settings = ringSettings()) {
  const stop = new AbortController();
  let asked = 0;
  const model = new HashModel(() => {
    if (++asked === calls) stop.abort();
  });
  const dependencies = await ringDependencies(folder, { model, signal: stop.signal });
  const summary = await startRun(dependencies, { settings, commandLine: [] });
  return { summary, model, dependencies };
}

/** An uninterrupted run's records and calls, in order of seed, and whether a conversation outgrew the context in LOG and in PLAN. */
async function wholeRun(settings = ringSettings()) {
  const model = new HashModel();
  const dependencies = await ringDependencies(storeFolder(), { model });
  const summary = await startRun(dependencies, { settings, commandLine: [] });
  const records = summary.finished.map(({ record }) => record);
  const overflows = { log: false, plan: false };
  for (const record of records) {
    const { figures, trace } = await dependencies.store.records.get(record, "automem.episode/1");
    overflows.log ||= (figures.log as { ends: Record<string, number> }).ends["context-full"] !== undefined;
    const blob = await dependencies.store.blobs.getText(trace[0]!.blob);
    overflows.plan ||= decodeSegment(segmentTexts(blob), "test").entries.some(
      (entry) => entry.kind === "call" && entry.fresh && entry.callIndex > 0,
    );
  }
  return { records, calls: model.answered, overflows };
}

describe("a run", () => {
  test("plays each task with each seed, and leaves records, states and no journal", async () => {
    const dependencies = await ringDependencies(storeFolder());
    const settings = ringSettings({ tasks: undefined, seeds: [1, 2], parallel: 3 });
    const summary = await startRun(dependencies, { settings, commandLine: ["automem", "run"] });
    expect(summary).toMatchObject({ planned: 4, failed: [], owed: [] });
    expect(summary.finished.map(({ task, seed }) => [task, seed])).toEqual([
      ["left", 1],
      ["Right Turn", 1],
      ["left", 2],
      ["Right Turn", 2],
    ]);
    expect(summary.progression).toMatchObject({ count: 4, missing: 0 });
    const { store } = dependencies;
    const run = await store.runs.open(summary.runId);
    expect(run.file.commandLine).toEqual(["automem", "run"]);
    for (const { key, record } of summary.finished) {
      expect(existsSync(run.folder.journalFolder(key))).toBe(false);
      expect(await run.folder.peekState(key)).toMatchObject({ status: "finished", record, attempts: 1 });
      const { figures, end } = await store.records.get(record, "automem.episode/1");
      expect(figures).toMatchObject({ steps: 6, actions: 6 });
      expect(end.steps).toBe(6);
      expect((await run.folder.times(key)).length).toBe(6);
    }
    const kinds = dependencies.events.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "step-end").length).toBe(24);
    expect([kinds[0], kinds.at(-1)]).toEqual(["run-start", "run-end"]);
    expect(dependencies.events.at(-1)?.totals).toMatchObject({ planned: 4, finished: 4, steps: 24, failed: 0 });
  });

  test("the same episode played in another run, beside others, has the same record", async () => {
    const alone = await startRun(await ringDependencies(storeFolder()), { settings: ringSettings(), commandLine: [] });
    const model = new HashModel();
    const strip = { chat: model.chat.bind(model) };
    // The cache key names the run; what the model says must not follow from it here.
    model.chat = (messages, options) =>
      strip.chat(messages, { ...options, cacheKey: options.cacheKey?.replace(/.*\//, "x/") });
    const again = await startRun(await ringDependencies(storeFolder(), { model }), {
      settings: ringSettings(),
      commandLine: [],
    });
    const more = await startRun(await ringDependencies(storeFolder(), { model }), {
      settings: ringSettings({ seeds: [4, 1], parallel: 2, preset: "paper", restarts: 9 }),
      commandLine: [],
    });
    expect(more.finished[1]?.record).toBe(again.finished[0]!.record);
    expect(alone.finished[0]?.steps).toBe(6);
  });
});

describe("an interrupted run", () => {
  test("resumed after its journal was cut behind any line, it has the same record and makes only the calls that were lost", async () => {
    const whole = await wholeRun();
    const folder = storeFolder();
    const { summary, model } = await stoppedRun(folder, whole.calls.length);
    const made = model.answered;
    expect(summary).toMatchObject({ finished: [], owed: [{ key: "left-s1" }], halted: { code: "stopped" } });
    const journal = join(folder, "runs", summary.runId, "episodes", "left-s1", "journal-0000.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n").slice(0, -1);
    expect(parseLines(readFileSync(journal)).texts.length).toBe(lines.length);
    for (let kept = 0; kept <= lines.length; kept++) {
      const copy = storeFolder();
      cpSync(folder, copy, { recursive: true });
      const cut = lines
        .slice(0, kept)
        .map((line) => `${line}\n`)
        .join("");
      writeFileSync(journal.replace(folder, copy), `${cut}${(lines[kept] ?? "").slice(0, 15)}`);
      const committed = cut.split('"kind":"call"').length - 1;
      const resumed = new HashModel();
      const dependencies = await ringDependencies(copy, { model: resumed });
      const again = await resumeRun(dependencies, summary.runId);
      expect([kept, again.finished.map(({ record }) => record)]).toEqual([kept, whole.records]);
      expect([kept, [...made.slice(0, committed), ...resumed.answered]]).toEqual([kept, whole.calls]);
      const replayed = dependencies.events.filter((event) => event.kind === "step-end" && event.replayed).length;
      expect(again.totals.steps).toBe(6 - replayed);
    }
  }, 60_000);

  test("stopped at any call, with parallel episodes, it is taken up where it was", async () => {
    const settings = ringSettings({ seeds: [1, 2, 3], parallel: 2 });
    const whole = await wholeRun(settings);
    expect(whole.overflows).toEqual({ log: true, plan: true });
    for (const calls of [1, 2, 7, 20, whole.calls.length - 1]) {
      const folder = storeFolder();
      const { summary, model } = await stoppedRun(folder, calls, settings);
      expect(summary.owed.length).toBeGreaterThan(0);
      expect(summary.failed).toEqual([]);
      const resumed = new HashModel();
      const again = await resumeRun(await ringDependencies(folder, { model: resumed }), summary.runId);
      expect(again.finished.map(({ record }) => record)).toEqual(whole.records);
      expect([...model.answered, ...resumed.answered].sort()).toEqual([...whole.calls].sort());
    }
  }, 60_000);

  test("killed between the last entry and the record, it is finished from the journal without a game", async () => {
    const whole = await wholeRun();
    const folder = storeFolder();
    const broken = await Store.open(folder);
    const finish = broken.records.put.bind(broken.records);
    broken.records.put = async (record) => {
      if (record.schema === "automem.episode/1") throw new Error("killed here");
      return finish(record);
    };
    const dependencies = await ringDependencies(folder);
    const summary = await startRun({ ...dependencies, store: broken }, { settings: ringSettings(), commandLine: [] });
    expect(summary.failed).toMatchObject([{ failure: { code: "internal" } }]);
    const game = new RingGame();
    game.reset = () => Promise.reject(new Error("must not be played"));
    const model = new HashModel();
    const again = await resumeRun(await ringDependencies(folder, { openGame: async () => game, model }), summary.runId);
    expect(again.finished.map(({ record }) => record)).toEqual(whole.records);
    expect(model.answered).toEqual([]);
  });

  test("with another scaffold or game is refused before anything is played", async () => {
    const folder = storeFolder();
    const { summary } = await stoppedRun(folder, 3);
    const scaffold = Object.assign(new FakeScaffold(), { hash: "e".repeat(64) });
    const dependencies = await ringDependencies(folder, { scaffold });
    await expect(resumeRun(dependencies, summary.runId)).rejects.toMatchObject({
      name: "ConfigError",
      code: "run-changed",
      data: { changed: ["scaffold"] },
    });
    expect(dependencies.events).toEqual([]);
  });

  test("whose game plays otherwise now is told so, and keeps its journal", async () => {
    const folder = storeFolder();
    const { summary } = await stoppedRun(folder, 9);
    const game = new RingGame();
    const step = game.step.bind(game);
    game.step = async (action) => ({ ...(await step(action)), reward: 99 });
    const again = await resumeRun(await ringDependencies(folder, { openGame: async () => game }), summary.runId);
    expect(again.failed).toMatchObject([{ failure: { error: "StoreError", code: "replay-diverged" } }]);
    expect(again.failed[0]?.failure.message).toContain("transition.reward: recorded 0.125, now 99");
    expect((await resumeRun(await ringDependencies(folder), summary.runId)).finished.length).toBe(1);
  });

  test("whose prompts changed is told so before a recorded reply is given for another question", async () => {
    const folder = storeFolder();
    const { summary } = await stoppedRun(folder, 9);
    const scaffold = ringScaffold();
    const open = scaffold.open.bind(scaffold);
    scaffold.open = async (episode, seed) => {
      const session = await open(episode, seed);
      const { planPrompt } = session;
      return { ...session, planPrompt: (step, memory) => `${planPrompt(step, memory)}!` };
    };
    const again = await resumeRun(await ringDependencies(folder, { scaffold }), summary.runId);
    expect(again.failed[0]?.failure).toMatchObject({ code: "replay-diverged" });
    expect(again.failed[0]?.failure.message).toContain("messages.0.content");
  });

  test("cannot be played by two at once", async () => {
    const folder = storeFolder();
    const { summary, dependencies } = await stoppedRun(folder, 3);
    const run = await dependencies.store.runs.open(summary.runId);
    const lock = await run.folder.lock(0);
    await expect(resumeRun(await ringDependencies(folder), summary.runId)).rejects.toMatchObject({
      code: "run-held",
      data: { holder: { pid: process.pid } },
    });
    expect(run.folder.holder()?.pid).toBe(process.pid);
    lock.release();
    expect(run.folder.holder()).toBeUndefined();
    expect((await resumeRun(await ringDependencies(folder), summary.runId)).finished.length).toBe(1);
  });
});

describe("failures", () => {
  const settings = ringSettings({ seeds: [1, 2, 3], parallel: 2, restarts: 2 });

  /** Plays with a game that throws `fault` at step 3 of seed 2, the given number of times. */
  async function withFailingGame(fault: Error, times: number) {
    let left = times;
    const games: RingGame[] = [];
    const openGame = async () => {
      const game = new RingGame(6, ({ seed }, step) => {
        if (seed === 2 && step === 3 && left-- > 0) throw fault;
      });
      games.push(game);
      return game;
    };
    const model = new HashModel();
    const dependencies = await ringDependencies(storeFolder(), { openGame, model });
    const summary = await startRun(dependencies, { settings, commandLine: [] });
    return { summary, games, model, dependencies };
  }

  test("a lost game is started again and the episode replayed, with no call made twice", async () => {
    const whole = await wholeRun(settings);
    const { summary, games, model, dependencies } = await withFailingGame(new GameError("gone", { code: "exited" }), 2);
    expect(summary.finished.map(({ record }) => record)).toEqual(whole.records);
    expect([...model.answered].sort()).toEqual([...whole.calls].sort());
    expect(dependencies.events.filter(({ kind }) => kind === "episode-restart").length).toBe(2);
    expect(games.length).toBe(4);
    expect(games.every(({ closed }) => closed)).toBe(true);
    expect(summary.totals).toMatchObject({ steps: 18, failed: 0, finished: 3 });
  });

  test("lost too often, it is recorded as failed and owed, siblings go on, and the mean says one is missing", async () => {
    const { summary, dependencies } = await withFailingGame(new GameError("gone", { code: "exited" }), 3);
    expect(summary.finished.map(({ seed }) => seed)).toEqual([1, 3]);
    expect(summary.failed).toMatchObject([{ seed: 2, failure: { error: "GameError", code: "exited" } }]);
    expect(summary.progression).toMatchObject({ count: 2, missing: 1 });
    const run = await dependencies.store.runs.open(summary.runId);
    expect(await run.folder.peekState("left-s2")).toMatchObject({ status: "failed", attempts: 1 });
    const again = await resumeRun(await ringDependencies(dependencies.store.folder), summary.runId);
    expect(again).toMatchObject({ failed: [], owed: [] });
    expect(again.finished.map(({ record }) => record)).toEqual((await wholeRun(settings)).records);
  });

  test("a scaffold that fails is not tried again", async () => {
    const scaffold = ringScaffold();
    const open = scaffold.open.bind(scaffold);
    let opened = 0;
    scaffold.open = async (episode, seed) => {
      if (seed === 2) opened++;
      if (seed === 2) throw new ScaffoldError("hook failed", { code: "hook-failed" });
      return open(episode, seed);
    };
    const summary = await startRun(await ringDependencies(storeFolder(), { scaffold }), { settings, commandLine: [] });
    expect(opened).toBe(1);
    expect(summary.finished.length).toBe(2);
    expect(summary.failed).toMatchObject([{ seed: 2, failure: { code: "hook-failed" } }]);
  });

  test("a dead server fails a few episodes, not all of them, and none of them scores", async () => {
    const model = new HashModel(() => {
      throw new ProviderError("nobody there", { code: "unreachable", retryable: true });
    });
    const seeds = Array.from({ length: 100 }, (_, index) => index);
    const dependencies = await ringDependencies(storeFolder(), { model });
    const summary = await startRun(dependencies, { settings: ringSettings({ seeds, parallel: 2 }), commandLine: [] });
    expect(summary.failed.length).toBeLessThan(6);
    expect(summary.owed.length + summary.failed.length).toBe(100);
    expect(summary.halted).toMatchObject({ code: "unreachable" });
    expect(summary.progression).toMatchObject({ mean: undefined, count: 0, missing: 100 });
  });

  test("a full disk ends the run, closes the games, and what was played stays", async () => {
    const folder = storeFolder();
    const store = await Store.open(folder);
    const run = store.runs.create.bind(store.runs);
    let created = "";
    store.runs.create = async (request) => {
      const made = await run(request);
      created = made.folder.id;
      made.folder.openTimes = () => Promise.reject(new StoreError("no space", { code: "disk-full" }));
      return made;
    };
    const game = new RingGame();
    const dependencies = await ringDependencies(folder, { openGame: async () => game });
    await expect(
      startRun({ ...dependencies, store }, { settings: ringSettings(), commandLine: [] }),
    ).rejects.toMatchObject({ code: "disk-full" });
    expect(game.closed).toBe(true);
    expect((await resumeRun(await ringDependencies(folder), created)).finished.length).toBe(1);
  });

  test("a bug in one episode is kept with its stack, and siblings go on", async () => {
    const { summary } = await withFailingGame(new RangeError("off by one"), 1);
    expect(summary.finished.length).toBe(2);
    expect(summary.failed[0]?.failure).toMatchObject({ code: "internal" });
    expect(summary.failed[0]?.failure.message).toContain("run.test.ts");
  });

  test("an episode named twice is refused before a run is made", async () => {
    const dependencies = await ringDependencies(storeFolder());
    await expect(
      startRun(dependencies, { settings: ringSettings({ seeds: [1, 1] }), commandLine: [] }),
    ).rejects.toMatchObject({
      code: "duplicate-episode",
    });
    expect(await dependencies.store.runs.ids()).toEqual([]);
  });
});
