/** What an episode cost, out of its record's figures; and what the index adds up of it. */
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { JsonObject } from "../../src/core/json.ts";
import { episodeCost, nothingSpent } from "../../src/store/episode-cost.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, playedEntries, removeFolders, someFacts, someRun } from "./support.ts";

afterEach(removeFolders);

const none = { unknownPromptTokens: 0, unknownGeneratedTokens: 0 };
const log = { calls: 2, promptTokens: 1_000_000, cachedTokens: 500_000, generatedTokens: 100, ...none };
const plan = { calls: 3, promptTokens: 2_000_000, generatedTokens: 200, ...none };
const prices = { base: { in: 2, cached: 1, out: 10 }, own: { in: 4, out: 20 } };

describe("an episode's cost", () => {
  test("adds up both phases, and costs cached tokens at their own price", () => {
    const cost = episodeCost({ figures: { log, plan } }, { model: "base", prices });
    expect(cost).toMatchObject({ calls: 5, promptTokens: 3_000_000, cachedTokens: 500_000, generatedTokens: 300 });
    expect(cost.money).toBeCloseTo(0.5 * 2 + 0.5 * 1 + 2 * 2 + 0.0003 * 10, 10);
  });

  test("takes each of two models at its own price, and an adapter at its base's", () => {
    const speakers = {
      base: { calls: 1, promptTokens: 1_000_000, generatedTokens: 0 },
      specialist: { calls: 4, promptTokens: 2_000_000, generatedTokens: 0 },
    };
    const figures = { log, plan, speakers };
    expect(episodeCost({ figures }, { model: "base", specialistModel: "own", prices }).money).toBeCloseTo(10, 10);
    expect(episodeCost({ figures }, { model: "base", prices }).money).toBeCloseTo(6, 10);
  });

  test("has no money where a price is missing, and says how many calls were not counted", () => {
    const silent = { calls: 4, unknownPromptTokens: 4, unknownGeneratedTokens: 1 };
    const cost = episodeCost({ figures: { log: silent, plan: silent } }, { model: "base" });
    expect(cost).toEqual({ ...nothingSpent, calls: 8, uncounted: 8 });
    expect(episodeCost({ figures: { log, plan } }, { model: "other", prices }).money).toBeNull();
  });

  test("is unknown for figures of another form", () => {
    expect(episodeCost({ figures: { log: "many" } }, { model: "base", prices })).toEqual(nothingSpent);
  });
});

test("the index adds up what the finished episodes of a run cost, and how long they took", async () => {
  const store = await Store.open(join(freshFolder(), "store"));
  const base = someRun([1, 2, 3].map((seed) => ({ task: "default", seed })));
  const settings = { ...base.settings, model: "base", prices };
  const run = await store.runs.create({ id: "toy-1", record: { ...base, settings }, createdMs: 1, commandLine: [] });
  for (const episode of run.episodes.slice(0, 2)) {
    await run.folder.markStarted(episode, 1);
    const journal = await run.folder.openJournal(episode.key);
    for (const entry of playedEntries(2)) await journal.commit(entry);
    await journal.close();
    const times = await run.folder.openTimes(episode.key);
    times.add({ stepIndex: 0, totalMs: 1_500, gameMs: 10, calls: [{ totalMs: 1_000 }] });
    await times.close();
    const figures = { log, plan } as unknown as JsonObject;
    await run.folder.finish(episode, { ...someFacts(2, episode.seed, 0.5), figures }, 1);
  }
  const [row] = await store.catalogue.listRuns();
  expect(row).toMatchObject({ calls: 10, promptTokens: 6_000_000, generatedTokens: 600, uncounted: 0, seconds: 3 });
  expect(row!.money).toBeCloseTo(2 * 5.503, 10);
  expect((await store.catalogue.listEpisodes("toy-1"))[0]).toMatchObject({ calls: 5, seconds: 1.5 });
  store.close();
});
