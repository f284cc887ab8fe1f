/** Game processes that die, hang, flood or talk nonsense in the middle of an episode, and engines that die: real processes, real runs. */
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/core/json.ts";
import { parseModelName } from "../../src/core/model-name.ts";
import { openLlamaCpp } from "../../src/inference/llama-cpp/model.ts";
import { liveChildren } from "../../src/platform/child-registry.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { startEngine } from "../../src/plugins/engine-client.ts";
import { startGame } from "../../src/plugins/game-client.ts";
import type { RunDependencies } from "../../src/run/dependencies.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import { fixtureSubject } from "../fixtures/plugins/subject.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { HashModel, RingGame, ringDependencies, ringScaffold, ringSettings } from "./support.ts";

afterEach(() => {
  expect(liveChildren()).toEqual([]);
  removeFolders();
});

const restarts = 2;

/** Seeds 1 to 3 with a game that breaks down in seed 2, `times` times. */
async function playUnsteady(fault: string, times: number, step = 3, folder = freshFolder()) {
  const log = join(folder, "breakdowns");
  const { launch, contentHash } = await fixtureSubject("unsteady");
  const limits = { stepMs: 700, resetMs: 5000, closeMs: 200, ladder: { afterEndMs: 200, afterTermMs: 200 } };
  const openGame = () => startGame(launch, { automemVersion: "0.1.0", pluginHash: contentHash, limits });
  const model = new HashModel();
  const dependencies = await ringDependencies(join(folder, "store"), { openGame, model });
  const gameOptions: JsonObject = { fault, seed: 2, step, times, log };
  const settings = ringSettings({
    game: "unsteady",
    tasks: ["default"],
    seeds: [1, 2, 3],
    parallel: 2,
    restarts,
    gameOptions,
  });
  const summary = await startRun(dependencies, { settings, commandLine: [] });
  const breakdowns = existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0;
  return { summary, model, dependencies, breakdowns, log, folder };
}

const faults: [fault: string, code: string][] = [
  ["exit", "process-lost"],
  ["kill", "process-lost"],
  ["half-frame", "process-lost"],
  ["hang", "timeout"],
  ["flood", "bad-frame"],
  ["not-json", "bad-frame"],
  ["prints", "bad-frame"],
];

describe("a game process that breaks down", () => {
  test.each(faults)(
    "%s, once: it is started again and the episode replayed; no call is made twice",
    async (fault, code) => {
      const { summary, model, dependencies, breakdowns, log } = await playUnsteady(fault, 1);
      expect(breakdowns).toBe(1);
      expect(summary).toMatchObject({ failed: [], owed: [], progression: { count: 3, missing: 0 } });
      const told = dependencies.events.filter((event) => event.kind === "episode-restart");
      expect(told).toMatchObject([{ key: "default-s2", restart: 1, failure: { error: "GameError", code } }]);
      expect(new Set(model.answered).size).toBe(model.answered.length);
      // The log is full now, so that nothing breaks down any more: the run as it would have been.
      const whole = new HashModel();
      const steady = await ringDependencies(freshFolder(), { openGame: dependencies.openGame, model: whole });
      const { settings } = (await dependencies.store.runs.open(summary.runId)).record;
      const again = await startRun(steady, { settings, commandLine: [] });
      expect(readFileSync(log, "utf8").split("\n").length - 1).toBe(1);
      expect(summary.finished.map(({ record }) => record)).toEqual(again.finished.map(({ record }) => record));
      expect([...model.answered].sort()).toEqual([...whole.answered].sort());
    },
    30_000,
  );

  test.each(faults)(
    "%s, always (%s): after the cap of restarts it is failed and owed, and siblings go on",
    async (fault, code) => {
      const { summary, breakdowns, dependencies, log } = await playUnsteady(fault, 99);
      expect(breakdowns).toBe(1 + restarts);
      expect(summary.finished.map(({ seed }) => seed)).toEqual([1, 3]);
      expect(summary.failed).toMatchObject([{ seed: 2, failure: { error: "GameError", code } }]);
      expect(summary.failed[0]?.failure.message).toContain("breaking down: ");
      expect(summary.progression).toMatchObject({ count: 2, missing: 1 });
      // Mended, the run is taken up where the episode was, and is whole.
      writeFileSync(log, "\n".repeat(99));
      const resumed = await resumeRun(dependencies, summary.runId);
      expect(resumed).toMatchObject({ failed: [], owed: [], progression: { count: 3, missing: 0 } });
    },
    30_000,
  );

  test("at reset, it is the same", async () => {
    const once = await playUnsteady("exit", 1, -1);
    expect([once.breakdowns, once.summary.finished.length]).toEqual([1, 3]);
    const always = await playUnsteady("exit", 99, -1);
    expect([always.breakdowns, always.summary.failed.length]).toEqual([1 + restarts, 1]);
  }, 30_000);
});

describe("an engine process that breaks down", () => {
  /** The parrot as the embedded engine. `deaths` lines in a log, one for each time it dies of a message with `dieOf` in it. */
  async function playParrot(environment: Record<string, string>, changes: Partial<RunDependencies> = {}) {
    const folder = freshFolder();
    const log = join(folder, "deaths");
    const weights = join(folder, "weights");
    writeFileSync(weights, "");
    const { launch } = await fixtureSubject("parrot", { ...environment, PARROT_LOG: log });
    const limits = { closeMs: 200, cancelGraceMs: 300, ladder: { afterEndMs: 200, afterTermMs: 200 } };
    let starts = 0;
    const model = await openLlamaCpp(
      parseModelName("llama-cpp:words"),
      { contextTokens: 20_000, sequences: 2 },
      {
        startEngine: (start) => {
          starts++;
          return startEngine(launch, start, { automemVersion: "0.1.0", limits });
        },
        modelFiles: {
          find: async () => ({ path: weights, sha256: "a".repeat(64) }) as never,
          list: async () => ({ models: [], damaged: [] }),
        },
        fetch,
        clock: { ...systemClock, sleep: async () => undefined },
        env: {},
      },
    );
    try {
      const openGame = async () => new RingGame();
      const dependencies = await ringDependencies(join(folder, "store"), {
        openGame,
        model,
        scaffold: ringScaffold(),
        ...changes,
      });
      const agent = { logCalls: 2, planCalls: 2, callTimeoutMs: 1000 };
      const settings = ringSettings({
        tasks: ["left", "Right Turn"],
        seeds: [1],
        parallel: 1,
        restarts,
        model: "llama-cpp:words",
        agent: { ...ringSettings().agent, ...agent },
      });
      const summary = await startRun(dependencies, { settings, commandLine: [] });
      const deaths = existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0;
      return { summary, dependencies, deaths, starts };
    } finally {
      await model.close();
    }
  }

  const dying = { PARROT_FAULT: "dies", PARROT_DIES_OF: "Room 0 of Right Turn" };

  test("once: it is started again, and the records are those of an engine that did not", async () => {
    const steady = await playParrot({});
    expect([steady.starts, steady.summary.finished.length]).toEqual([1, 2]);
    const { summary, deaths, starts } = await playParrot({ ...dying, PARROT_DEATHS: "1" });
    expect([deaths, starts]).toEqual([1, 2]);
    expect(summary.finished.map(({ record }) => record)).toEqual(steady.summary.finished.map(({ record }) => record));
  }, 30_000);

  test("always: the episode is failed and owed, the sibling has its score, and one is missing", async () => {
    const { summary, deaths, dependencies } = await playParrot({ ...dying, PARROT_DEATHS: "999" });
    expect(deaths).toBeGreaterThan(restarts);
    expect(summary.finished.map(({ task }) => task)).toEqual(["left"]);
    expect(summary.failed).toMatchObject([
      { task: "Right Turn", failure: { error: "ProviderError", code: "engine-lost" } },
    ]);
    expect(summary.progression).toMatchObject({ count: 1, missing: 1 });
    expect(dependencies.events.filter(({ kind }) => kind === "episode-restart").length).toBe(restarts);
  }, 30_000);

  test("that hangs is stopped at the call's time limit and started again; hanging always, the episode is failed and owed", async () => {
    const hanging = { PARROT_FAULT: "hangs", PARROT_DIES_OF: "Room 0 of left" };
    const steady = await playParrot({});
    const once = await playParrot({ ...hanging, PARROT_DEATHS: "1" });
    expect([once.deaths, once.starts]).toEqual([1, 2]);
    expect(once.summary.finished.map(({ record }) => record)).toEqual(
      steady.summary.finished.map(({ record }) => record),
    );
    const always = await playParrot({ ...hanging, PARROT_DEATHS: "999" });
    expect(always.deaths).toBe(1 + restarts);
    expect(always.summary.finished.map(({ task }) => task)).toEqual(["Right Turn"]);
    expect(always.summary.failed).toMatchObject([{ task: "left", failure: { code: "engine-lost" } }]);
    expect(always.summary.progression).toMatchObject({ count: 1, missing: 1 });
  }, 60_000);
});
