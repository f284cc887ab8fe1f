/** Runs with a specialist: what is recorded, resumed, kept and replayed. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { keepScaffold } from "../../src/campaign/kept-scaffold.ts";
import type { ChatOptions } from "../../src/core/chat-model.ts";
import type { CallEntry, JournalEntry } from "../../src/core/journal.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";
import { EpisodeFigures } from "../../src/metrics/figures.ts";
import { CallCache } from "../../src/run/call-cache.ts";
import type { RunDependencies } from "../../src/run/dependencies.ts";
import { recordedEpisode } from "../../src/run/replay/recorded-episode.ts";
import { replayScaffold } from "../../src/run/replay/replay-scaffold.ts";
import { ReplayModel } from "../../src/run/replay-model.ts";
import { resumeRun, startRun } from "../../src/run/run.ts";
import type { Store } from "../../src/store/store.ts";
import { loadBase } from "../scaffolds/base-package.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { HashModel, RingGame, ringDependencies, ringSettings } from "./support.ts";

afterEach(removeFolders);
afterAll(removeFolders);

const storeFolder = () => join(freshFolder(), "store");
const twoSettings = (changes: Partial<RunSettings> = {}) =>
  ringSettings({ specialistModel: "hash:specialist", ...changes });

/** A base model and a specialist; `before` each call of either. */
function twoModels(before: (speaker: "base" | "specialist", options: ChatOptions) => void = () => undefined) {
  const model = new HashModel((_messages, options) => before("base", options));
  const own = new HashModel((_messages, options) => before("specialist", options));
  const identity = { name: "hash:specialist", provider: "hash", digest: "d".repeat(64) };
  const specialist = { model: Object.assign(own, { identity }) };
  return { model, specialist, answered: () => [...model.answered, ...own.answered].sort() };
}

async function play(settings = twoSettings(), changes: Partial<RunDependencies> = {}, folder = storeFolder()) {
  const models = twoModels();
  const dependencies = await ringDependencies(folder, { ...models, ...changes });
  const summary = await startRun(dependencies, { settings, commandLine: [] });
  expect(summary.failed).toEqual([]);
  return { summary, dependencies, records: summary.finished.map(({ record }) => record), calls: models.answered() };
}

/** Plays until both models together were asked `calls` times, and stops there. */
async function stopped(folder: string, calls: number, settings = twoSettings()) {
  const stop = new AbortController();
  let asked = 0;
  const models = twoModels(() => {
    if (++asked === calls) stop.abort();
  });
  const dependencies = await ringDependencies(folder, { ...models, signal: stop.signal });
  const summary = await startRun(dependencies, { settings, commandLine: [] });
  return { summary, models };
}

async function entriesOf(store: Store, record: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of (await recordedEpisode(store, record, "test")).entries()) entries.push(entry);
  return entries;
}

describe("the records of a run with two models", () => {
  test("name both, and the figures tell them apart", async () => {
    const { summary, dependencies, records } = await play();
    const { store } = dependencies;
    const specialist = { model: dependencies.specialist?.model.identity };
    const run = await store.runs.open(summary.runId);
    expect(run.record).toMatchObject({ model: { name: "hash:model" }, specialist });
    const record = await store.records.get(records[0]!, "automem.episode/1");
    expect(record).toMatchObject({ model: { name: "hash:model" }, specialist });
    expect(record.settings).not.toHaveProperty("specialistModel");
    const calls = (await entriesOf(store, records[0]!)).filter((entry): entry is CallEntry => entry.kind === "call");
    const { speakers, log, plan } = v.parse(EpisodeFigures, record.figures);
    const own = calls.filter(({ speaker }) => speaker === "specialist");
    expect(speakers?.specialist.calls).toBe(own.length);
    expect(speakers?.base.calls).toBe(calls.length - own.length);
    expect(speakers!.base.promptTokens! + speakers!.specialist.promptTokens!).toBe(
      log.promptTokens! + plan.promptTokens!,
    );
    expect(calls.filter(({ phase, speaker }) => phase === "log" && speaker === "base")).toEqual([]);
  });

  test("of one model say nothing of a second, so that old records and new ones of equal play are one", async () => {
    const { dependencies, records, summary } = await play(ringSettings(), { specialist: undefined });
    const record = await dependencies.store.records.get(records[0]!, "automem.episode/1");
    expect(Object.keys(record)).not.toContain("specialist");
    expect(Object.keys(record.figures)).not.toContain("speakers");
    expect(Object.keys((await dependencies.store.runs.open(summary.runId)).record)).not.toContain("specialist");
  });

  test("of a base with an adapter name the adapter, and each call of the specialist has it", async () => {
    const adapter = "a".repeat(64);
    const asked: (string | undefined)[] = [];
    const { model } = twoModels((_speaker, options) => void asked.push(options.adapter));
    const specialist = { model, adapter };
    const { dependencies, records } = await play(ringSettings(), { model, specialist });
    const record = await dependencies.store.records.get(records[0]!, "automem.episode/1");
    expect(record.specialist).toEqual({ model: model.identity, adapter });
    expect(new Set(asked)).toEqual(new Set([adapter, undefined]));
  });
});

describe("an interrupted run of two models", () => {
  test("resumed after its journal was cut behind any line, it has the same record and makes only the calls that were lost", async () => {
    const whole = await play();
    const folder = storeFolder();
    const { summary, models } = await stopped(folder, whole.calls.length);
    expect(summary.owed.length).toBe(1);
    const journal = join(folder, "runs", summary.runId, "episodes", "left-s1", "journal-0000.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n").slice(0, -1);
    const made = new Set(models.answered());
    for (let kept = 0; kept <= lines.length; kept++) {
      const copy = storeFolder();
      cpSync(folder, copy, { recursive: true });
      const cut = lines.slice(0, kept).join("\n");
      writeFileSync(journal.replace(folder, copy), `${cut}${kept > 0 ? "\n" : ""}${(lines[kept] ?? "").slice(0, 15)}`);
      const committed = cut.split('"kind":"call"').length - 1;
      const again = twoModels();
      const resumed = await resumeRun(await ringDependencies(copy, again), summary.runId);
      expect([kept, resumed.finished.map(({ record }) => record)]).toEqual([kept, whole.records]);
      expect([kept, again.answered().length]).toEqual([kept, whole.calls.length - committed]);
    }
    expect(made.size).toBeGreaterThan(10);
  }, 60_000);

  test("stopped at any call, with parallel episodes and full contexts of both, it is taken up where it was", async () => {
    const settings = twoSettings({ seeds: [1, 2, 3, 4, 5], parallel: 2 });
    const whole = await play(settings);
    const begunAnew = new Set<string>();
    for (const record of whole.records) {
      for (const entry of await entriesOf(whole.dependencies.store, record)) {
        if (entry.kind === "call" && entry.fresh && entry.callIndex > 0) begunAnew.add(entry.speaker);
        if (entry.kind === "phase-end" && entry.reason === "context-full") begunAnew.add(entry.phase);
      }
    }
    expect([...begunAnew].sort()).toEqual(["base", "log", "specialist"]);
    for (const calls of [1, 2, 3, 8, 21, 40, whole.calls.length - 1]) {
      const folder = storeFolder();
      const { summary, models } = await stopped(folder, calls, settings);
      expect(summary.failed).toEqual([]);
      const again = twoModels();
      const resumed = await resumeRun(await ringDependencies(folder, again), summary.runId);
      expect(resumed.finished.map(({ record }) => record)).toEqual(whole.records);
      expect([...models.answered(), ...again.answered()].sort()).toEqual(whole.calls);
    }
  }, 60_000);

  test("is refused with another specialist, without one, or with another adapter", async () => {
    const folder = storeFolder();
    const { summary } = await stopped(folder, 3);
    const { model, specialist } = twoModels();
    const resumeWith = async (changed: RunDependencies["specialist"]) =>
      resumeRun(await ringDependencies(folder, { model, specialist: changed }), summary.runId);
    await expect(resumeWith(undefined)).rejects.toMatchObject({
      code: "run-changed",
      data: { changed: ["specialist", "specialist weights"] },
    });
    const other = Object.assign(new HashModel(), {
      identity: { ...specialist.model.identity, digest: "e".repeat(64) },
    });
    await expect(resumeWith({ model: other })).rejects.toMatchObject({ data: { changed: ["specialist weights"] } });
    await expect(resumeWith({ ...specialist, adapter: "a".repeat(64) })).rejects.toMatchObject({
      data: { changed: ["adapter"] },
    });
    expect((await resumeWith(specialist)).finished.length).toBe(1);
    const single = storeFolder();
    const alone = await play(ringSettings(), { specialist: undefined }, single);
    await expect(
      resumeRun(await ringDependencies(single, { model, specialist }), alone.summary.runId),
    ).rejects.toMatchObject({ data: { changed: ["specialist", "specialist weights"] } });
  });

  test("whose specialist fails owes its episode, and the base model is not asked in its place", async () => {
    const models = twoModels((speaker) => {
      if (speaker === "specialist") throw new Error("down");
    });
    const dependencies = await ringDependencies(storeFolder(), models);
    const summary = await startRun(dependencies, { settings: twoSettings(), commandLine: [] });
    expect([summary.finished, summary.failed.length, models.model.answered]).toEqual([[], 1, []]);
  });
});

test("kept calls of both are given again, each its own", async () => {
  const callCache = new CallCache(freshFolder());
  const settings = twoSettings({ seeds: [1, 2], cacheCalls: true });
  const paid = await play(settings, { callCache });
  const free = twoModels();
  const dependencies = await ringDependencies(storeFolder(), { ...free, callCache });
  const again = await startRun(dependencies, { settings, commandLine: [] });
  expect(free.answered()).toEqual([]);
  expect(again.finished.map(({ record }) => record)).toEqual(paid.records);
  // Another specialist is asked anew.
  const other = twoModels();
  other.specialist.model.identity.digest = "e".repeat(64);
  await startRun(await ringDependencies(storeFolder(), { ...other, callCache }), { settings, commandLine: [] });
  expect(other.specialist.model.answered.length).toBeGreaterThan(0);
  expect(other.model.answered).toEqual([]);
});

test("kept calls of one model in both parts are drawn apart, where both are asked the same", async () => {
  // Both begin anew with the same words when the context is full for both in one step.
  const { model } = twoModels();
  const settings = twoSettings({ seeds: Array.from({ length: 12 }, (_, seed) => seed), cacheCalls: true });
  const changes = { model, specialist: { model }, openGame: async () => new RingGame(40) };
  const { dependencies, records } = await play(settings, { ...changes, callCache: new CallCache(freshFolder()) });
  let askedTwice = 0;
  for (const record of records) {
    const anew = (await entriesOf(dependencies.store, record)).filter(
      (entry): entry is CallEntry => entry.kind === "call" && entry.fresh && entry.callIndex > 0,
    );
    askedTwice += anew.length - new Set(anew.map(({ added }) => added[0]!.content)).size;
  }
  expect(askedTwice).toBeGreaterThan(0);
  expect(model.answered.length - new Set(model.answered).size).toBe(askedTwice);
});

describe("a recorded reply", () => {
  const prompt = { role: "user" as const, content: "PLAN" };
  const options: ChatOptions = { sampling: { temperature: 0, maxTokens: 8 }, timeoutMs: 1 };
  const said = (speaker: CallEntry["speaker"], callIndex: number, changes: Partial<CallEntry> = {}): CallEntry => ({
    kind: "call",
    stepIndex: 0,
    phase: "plan",
    callIndex,
    speaker,
    added: [prompt],
    fresh: true,
    reply: "<|READ|>a<|END|>",
    finishReason: "stop",
    usage: {},
    ...changes,
  });
  const replaying = (entries: CallEntry[]) => {
    const recording = { replaying: true, next: () => entries.shift() };
    const talk = { said: [] };
    const one = (speaker: CallEntry["speaker"]) =>
      new ReplayModel({ speaker, model: new HashModel() }, recording, talk, () => undefined);
    return { base: one("base"), specialist: one("specialist") };
  };

  test("is given to its own speaker only, though the other asks the same", async () => {
    const { specialist } = replaying([said("base", 0)]);
    await expect(specialist.chat([prompt], options)).rejects.toMatchObject({ code: "replay-diverged" });
    const { base } = replaying([said("base", 0)]);
    expect((await base.chat([prompt], options)).text).toBe("<|READ|>a<|END|>");
  });

  test("tells of a full context only who began anew after it", async () => {
    const asked = [prompt, { role: "assistant" as const, content: "kept" }, { role: "user" as const, content: "on" }];
    const entries = () => [said("specialist", 0, { kept: "kept" }), said("base", 1)];
    const base = replaying(entries());
    await base.specialist.chat([prompt], options);
    await expect(base.base.chat(asked, options)).rejects.toMatchObject({ code: "context-overflow" });
    const other = replaying(entries());
    await other.specialist.chat([prompt], options);
    await expect(other.specialist.chat(asked, options)).rejects.toMatchObject({ code: "replay-diverged" });
  });
});

test("a replay of recorded episodes of two models, full contexts of both among them, shows no difference", async () => {
  const scaffold = await loadBase();
  const openGame = async () => new RingGame(40);
  const settings = twoSettings({ seeds: [1, 2, 3, 4, 5, 6] });
  const { dependencies, records } = await play(settings, { scaffold, openGame });
  await keepScaffold(dependencies.store, scaffold);
  const seen = new Set<string>();
  for (const record of records) {
    const episode = await recordedEpisode(dependencies.store, record, record.slice(0, 8));
    expect(episode.twoModels).toBe(true);
    const { steps, complete, differences, extraCalls } = await replayScaffold(scaffold, episode);
    expect({ steps, complete, differences, extraCalls }).toEqual({
      steps: 40,
      complete: true,
      differences: {},
      extraCalls: 0,
    });
    for (const entry of await entriesOf(dependencies.store, record)) {
      if (entry.kind === "call" && entry.fresh && entry.callIndex > 0) seen.add(`${entry.speaker} anew`);
      if (entry.kind === "call" && entry.kept !== undefined) seen.add("stripped");
      if (entry.kind === "phase-end") seen.add(`${entry.phase} ${entry.reason}`);
    }
  }
  for (const kind of ["base anew", "specialist anew", "stripped", "log context-full", "plan action", "plan call-limit"])
    expect(seen).toContain(kind);
}, 60_000);

test("a replay with another scaffold is answered by each speaker where it asks for more than was recorded", async () => {
  const scaffold = await loadBase();
  const { dependencies, records } = await play(twoSettings(), { scaffold });
  const episode = await recordedEpisode(dependencies.store, records[0]!, "test");
  // Two calls are too few for what was recorded with four; the handoff comes earlier, and the episode is replayed whole.
  const agent = { ...episode.settings.agent, planCalls: 2 };
  const report = await replayScaffold(scaffold, { ...episode, settings: { ...episode.settings, agent } });
  expect(report).toMatchObject({ steps: 6, complete: true, failure: undefined });
});
