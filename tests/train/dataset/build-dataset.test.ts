import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import * as v from "valibot";
import type { Hash } from "../../../src/core/hash.ts";
import type { JournalEntry } from "../../../src/core/journal.ts";
import type { DatasetItem } from "../../../src/core/training.ts";
import { checkStore } from "../../../src/store/check/check-store.ts";
import { reachedObjects } from "../../../src/store/garbage/reached.ts";
import { Store } from "../../../src/store/store.ts";
import type { TrainingEpisode } from "../../../src/train/candidates/training-seeds.ts";
import { buildDataset } from "../../../src/train/dataset/build-dataset.ts";
import { cappedByKind } from "../../../src/train/dataset/draft.ts";
import {
  datasetExamples,
  datasetItem,
  datasetItems,
  openDataset,
  setAsideTurns,
} from "../../../src/train/dataset/read-dataset.ts";
import { DatasetSettings } from "../../../src/train/dataset/settings.ts";
import { datasetStats } from "../../../src/train/dataset/stats.ts";
import { OutcomeSelector } from "../../../src/train/selection/outcome/outcome.ts";
import { OutcomeSettings } from "../../../src/train/selection/outcome/settings.ts";
import type { Selector } from "../../../src/train/selection/selector.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { playedEntries, removeFolders, someHash } from "../../store/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../support.ts";

let store: Store;

beforeAll(async () => {
  store = await freshStore();
});

afterAll(() => {
  store.close();
  removeFolders();
});

/** The perfect play as if of another seed: no two turns of two names are alike. */
function playedAs(name: string): JournalEntry[] {
  const text = JSON.stringify(courierEntries("perfect"));
  return JSON.parse(text.replaceAll("doctor", `doc${name}`).replaceAll("Doors opened", `Doors of ${name} opened`));
}

async function record(count: number, from: Store = store): Promise<TrainingEpisode[]> {
  const episodes: TrainingEpisode[] = [];
  for (let index = 0; index < count; index++) {
    episodes.push(await recordEpisode(from, playedAs(`n${index}`), 1000 + index));
  }
  return episodes;
}

const generous = { perEpisode: { nothing: 100, end: 100 }, balance: 1000, validationShare: 0 };

function build(
  episodes: readonly TrainingEpisode[],
  settings: v.InferInput<typeof DatasetSettings> = generous,
  selector: Selector = new OutcomeSelector(v.parse(OutcomeSettings, {})),
  from: Store = store,
): Promise<Hash> {
  return buildDataset({
    source: sourceOf(from),
    game: "toy",
    episodes,
    selector,
    settings: v.parse(DatasetSettings, settings),
    automemVersion: "0.1.0",
  });
}

async function itemsOf(hash: Hash): Promise<DatasetItem[]> {
  return datasetItems(store, await openDataset(store, hash));
}

const counts = (items: readonly DatasetItem[]) => {
  const found: Record<string, number> = {};
  for (const { kind } of items) found[kind] = (found[kind] ?? 0) + 1;
  return found;
};

describe("a dataset", () => {
  test("holds each chosen turn word for word, as the agent sent it and the model said it", async () => {
    const [episode] = await record(1);
    const dataset = await openDataset(store, await build([episode!]));
    const examples = await datasetExamples(store, dataset, "train");
    const items = await datasetItems(store, dataset);
    expect(items).toHaveLength(33);
    expect(counts(items)).toEqual({ write: 3, nothing: 10, lookup: 6, end: 14 });
    const reader = await store.readRecord(episode!.record);
    for (const item of items) {
      const step = await reader.step(item.stepIndex);
      const call = step[item.phase]!.calls[item.callIndex]!;
      expect(examples[item.firstLine]).toEqual({
        prompt: call.messages,
        completion: [{ role: "assistant", content: call.call.reply }],
      });
      expect(item.cleaned).toEqual([]);
      expect(item.turn).toBe(`${episode!.record}:${item.stepIndex}:${item.phase}:${item.callIndex}`);
    }
  });

  test("has one hash, whatever the order of its episodes, how often one is named, and the store it is made in", async () => {
    const episodes = await record(3);
    const settings = { ...generous, validationShare: 0.3, perEpisode: { nothing: 2, end: 3 } };
    const hash = await build(episodes, settings);
    expect(await build([episodes[2]!, episodes[0]!, episodes[1]!, episodes[0]!], settings)).toBe(hash);
    const other = await freshStore();
    expect(await build(await record(3, other), settings, undefined, other)).toBe(hash);
    other.close();
    expect(await build(episodes, { ...settings, seed: 1 })).not.toBe(hash);
  });

  test("is whole in the store: checked, and kept with its episodes by its ref", async () => {
    const own = await freshStore();
    const episodes = await record(2, own);
    const hash = await build(episodes, { validationShare: 0.5 }, undefined, own);
    own.refs.move(`dataset/${hash}`, undefined, hash);
    const { record: found } = await openDataset(own, hash);
    const reached = await reachedObjects(own);
    for (const named of [hash, found.train.blob, found.validation.blob, found.items, found.setAside, found.criteria]) {
      expect(reached.has(named)).toBe(true);
    }
    expect(found.episodes.every((episode) => reached.has(episode))).toBe(true);
    own.close();
    const report = await checkStore(Store.forCheck(own.folder));
    // The scaffold of these made-up episodes is not in the store; nothing else is missing.
    expect(report.damage.filter(({ path }) => !path.includes(someHash.slice(2)))).toEqual([]);
    rmSync(own.blobs.path(found.items));
    const { damage } = await checkStore(Store.forCheck(own.folder));
    expect(damage.find(({ path }) => path.includes(found.items.slice(2)))).toMatchObject({
      records: [hash],
      refs: [`dataset/${hash}`],
    });
  });

  test("is refused where nothing is left, saying how much there was", async () => {
    const episode = await recordEpisode(store, courierEntries("perfect"), 1090);
    const nobody = build([episode], generous, selectorOf([]));
    await expect(nobody).rejects.toMatchObject({ code: "no-items" });
    await expect(build([])).rejects.toMatchObject({ code: "no-episodes" });
  });
});

/** With the step's number before each message, so that no two turns are alike. */
function unlike(entries: Iterable<JournalEntry>): JournalEntry[] {
  return [...entries].map((entry) => {
    if (entry.kind !== "call") return entry;
    const added = entry.added.map(({ role, content }) => ({ role, content: `${entry.stepIndex}: ${content}` }));
    return { ...entry, added };
  });
}

/** Chooses turns by place, for the same reason. */
function selectorOf(places: readonly string[]): Selector {
  return {
    identity: { name: "by-place", details: {} },
    batchTurns: 100,
    criteria: async () => "Those named.\n",
    choose: async ({ turns }) =>
      turns
        .filter(({ stepIndex, phase, callIndex }) => places.includes(`${stepIndex} ${phase} ${callIndex}`))
        .map(({ id }) => ({ turn: id, rule: "named", reason: "It was named." })),
  };
}

/** The perfect play with some replies changed, as a model might have written them. */
function withReplies(replies: Record<string, string>): JournalEntry[] {
  return courierEntries("perfect").map((entry) => {
    if (entry.kind !== "call") return entry;
    return { ...entry, reply: replies[`${entry.stepIndex} ${entry.phase} ${entry.callIndex}`] ?? entry.reply };
  });
}

describe("what is set aside", () => {
  test("is what the clean-up cannot use, with its rule; what it shortened says so", async () => {
    const fenced = "```\n<|APPEND|>notes.txt|lawyer: jade frog<|END|>\n<|DONE|>\n```";
    const episode = await recordEpisode(
      store,
      withReplies({
        "2 log 0": fenced,
        "4 log 0": "I have noted it.",
        "5 log 0": "<|APPEND|>notes.txt<|END|><|DONE|>",
      }),
      1050,
    );
    const selector = selectorOf(["2 log 0", "4 log 0", "5 log 0"]);
    const dataset = await openDataset(store, await build([episode], generous, selector));
    const { item, example } = await datasetItem(store, dataset, 0);
    expect(item).toMatchObject({ cleaned: ["fences", "done"], rule: "named", reason: "It was named." });
    expect(example.completion[0].content).toBe("<|APPEND|>notes.txt|lawyer: jade frog<|END|>\n<|DONE|>");
    expect((await setAsideTurns(store, dataset)).map(({ rule }) => rule)).toEqual(["no-operation", "malformed"]);
    await expect(datasetItem(store, dataset, 1)).rejects.toMatchObject({ code: "no-such-item" });
  });

  test("are doubles, also of another episode", async () => {
    const one = await recordEpisode(store, courierEntries("perfect"), 1060);
    const twin = await recordEpisode(store, courierEntries("perfect"), 1061);
    const dataset = await openDataset(store, await build([one, twin]));
    const aside = await setAsideTurns(store, dataset);
    expect(aside.filter(({ rule }) => rule === "duplicate")).toHaveLength(33);
    expect((await datasetItems(store, dataset)).every(({ episode }) => episode === one.record)).toBe(true);
    expect(aside[0]?.detail).toContain(one.record);
  });

  test("is what an episode gives beyond its cap, the most valuable staying", async () => {
    const [episode] = await record(1);
    const dataset = await openDataset(
      store,
      await build([episode!], { ...generous, perEpisode: { lookup: 3, end: 0 } }),
    );
    const items = await datasetItems(store, dataset);
    // Of a door's two words, the second is nearer to the gain.
    expect(items.filter(({ kind }) => kind === "lookup").map(({ stepIndex }) => stepIndex)).toEqual([9, 11, 13]);
    expect(counts(items).end).toBeUndefined();
    const aside = await setAsideTurns(store, dataset);
    expect(aside.filter(({ rule }) => rule === "episode-cap")).toHaveLength(3 + 14);
  });

  test("is the same for a long episode, whose caps are applied as it is read", async () => {
    const episode = await recordEpisode(store, unlike(playedEntries(300)), 1070);
    const all: Selector = {
      ...selectorOf([]),
      choose: async ({ turns }) => turns.map(({ id }) => ({ turn: id, rule: "all", reason: "All of them." })),
    };
    const wide = { write: 1000, lookup: 1000, other: 1000 };
    const drafts = (await itemsOf(await build([episode], { ...generous, perEpisode: wide }, all))).map((item) => ({
      item,
      line: "",
    }));
    expect(drafts.length).toBeGreaterThan(800);
    const settings = { ...generous, perEpisode: { write: 7, lookup: 600, other: 11 } };
    const expected = cappedByKind(drafts, v.parse(DatasetSettings, settings));
    const dataset = await openDataset(store, await build([episode], settings, all));
    const turns = (await datasetItems(store, dataset)).map(({ turn }) => turn);
    expect(turns).toEqual(expected.kept.map(({ item }) => item.turn));
    const aside = (await setAsideTurns(store, dataset)).filter(({ rule }) => rule === "episode-cap");
    expect(new Set(aside.map(({ turn }) => turn))).toEqual(new Set(expected.setAside.map(({ turn }) => turn)));
  });

  test("is what is more than the balance allows", async () => {
    const dataset = await openDataset(store, await build(await record(2), { ...generous, balance: 1.5 }));
    expect(counts(await datasetItems(store, dataset))).toEqual({ write: 6, nothing: 9, lookup: 9, end: 9 });
    const stats = datasetStats({
      record: dataset.record,
      items: await datasetItems(store, dataset),
      setAside: await setAsideTurns(store, dataset),
      examples: await datasetExamples(store, dataset, "train"),
    });
    expect(stats.setAside).toEqual({ balance: 11 + 3 + 19 });
    for (const { kind, chosen, train, validation, setAside } of stats.kinds) {
      expect(train + validation + setAside, kind).toBe(chosen);
    }
    expect(stats.kinds.find(({ kind }) => kind === "write")).toMatchObject({ candidates: 6, chosen: 6, train: 6 });
  });
});

describe("the split", () => {
  test("goes by game: both plays of a seed are on one side, and no line is on both", async () => {
    const episodes = await record(10);
    const again = await Promise.all([recordEpisode(store, playedAs("again"), 1003)]);
    const hash = await build([...episodes, ...again], { ...generous, validationShare: 0.3 });
    const dataset = await openDataset(store, hash);
    const items = await datasetItems(store, dataset);
    const sides = new Map<number, Set<string>>();
    for (const { seed, split } of items) sides.set(seed, new Set([...(sides.get(seed) ?? []), split]));
    expect([...sides.values()].every(({ size }) => size === 1)).toBe(true);
    expect([...sides.values()].filter((side) => side.has("validation"))).toHaveLength(3);
    expect(new Set(items.filter(({ seed }) => seed === 1003).map(({ episode }) => episode)).size).toBe(2);
    const train = (await datasetExamples(store, dataset, "train")).map((example) => JSON.stringify(example));
    const validation = (await datasetExamples(store, dataset, "validation")).map((example) => JSON.stringify(example));
    expect(train.filter((line) => validation.includes(line))).toEqual([]);
    expect(dataset.record.validation).toMatchObject({ items: validation.length, lines: validation.length });
  });

  test("keeps one game for training, and repeats items there alone", async () => {
    const hash = await build(await record(2), { ...generous, validationShare: 0.5, repeat: { write: 3 } });
    const dataset = await openDataset(store, hash);
    const items = await itemsOf(hash);
    expect(dataset.record.train).toMatchObject({ items: 33, lines: 33 + 2 * 3 });
    expect(dataset.record.validation).toMatchObject({ items: 33, lines: 33 });
    const examples = await datasetExamples(store, dataset, "train");
    for (const { split, kind, firstLine, times } of items) {
      expect(times).toBe(split === "train" && kind === "write" ? 3 : 1);
      if (times === 3) expect(examples[firstLine + 2]).toEqual(examples[firstLine]!);
    }
    const single = await build(await record(1), { ...generous, validationShare: 0.5 });
    expect((await openDataset(store, single)).record.validation.items).toBe(0);
  });
});
