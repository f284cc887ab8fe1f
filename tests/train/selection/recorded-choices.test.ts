/** A dataset that a model chose for is built again from its recorded choices, in another place, with the same hash. */
import { afterAll, expect, test } from "bun:test";
import * as v from "valibot";
import type { JournalEntry } from "../../../src/core/journal.ts";
import { listFiles } from "../../../src/store/list-files.ts";
import type { Store } from "../../../src/store/store.ts";
import type { TrainingEpisode } from "../../../src/train/candidates/training-seeds.ts";
import { buildDataset } from "../../../src/train/dataset/build-dataset.ts";
import { datasetItems, openDataset, setAsideTurns } from "../../../src/train/dataset/read-dataset.ts";
import { DatasetSettings } from "../../../src/train/dataset/settings.ts";
import { RecordedSelector } from "../../../src/train/selection/recorded-choices.ts";
import type { Selector } from "../../../src/train/selection/selector.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../support.ts";

afterAll(removeFolders);

const played = (name: string): JournalEntry[] =>
  JSON.parse(JSON.stringify(courierEntries("perfect")).replaceAll("doctor", `doc${name}`));

/** Chooses every second turn, for reasons of its own. */
const whimsical: Selector = {
  identity: { name: "agent:whim", details: { model: "whim" } },
  batchTurns: 7,
  criteria: async () => "Every second turn.\n",
  choose: async ({ turns }) =>
    turns
      .filter((_, index) => index % 2 === 0)
      .map(({ id }) => ({ turn: id, rule: "second", reason: `I like ${id}.` })),
};

test("the same hash, though caps and doubles set some aside; and nothing is written where the episodes are", async () => {
  const store = await freshStore();
  const elsewhere = await freshStore();
  const episodes: TrainingEpisode[] = [];
  for (let index = 0; index < 3; index++) episodes.push(await recordEpisode(store, played(`n${index}`), 1000 + index));
  const build = (selector: Selector, keepIn?: Store) =>
    buildDataset({
      source: sourceOf(store),
      game: "toy",
      episodes,
      selector,
      settings: v.parse(DatasetSettings, { perEpisode: { nothing: 2, end: 3 }, balance: 2, validationShare: 0.3 }),
      automemVersion: "0.1.0",
      keepIn,
    });
  const hash = await build(whimsical);
  const dataset = await openDataset(store, hash);
  const items = await datasetItems(store, dataset);
  const setAside = await setAsideTurns(store, dataset);
  expect(Math.min(items.length, setAside.length)).toBeGreaterThan(3);
  const before = (await listFiles(store.folder)).map(({ path }) => path).sort();
  const recorded = (changed = items) =>
    new RecordedSelector({ identity: whimsical.identity, criteria: "Every second turn.\n", items: changed, setAside });
  expect(await build(recorded(), elsewhere)).toBe(hash);
  expect(await datasetItems(elsewhere, await openDataset(elsewhere, hash))).toEqual(items);
  expect((await listFiles(store.folder)).map(({ path }) => path).sort()).toEqual(before);
  expect(await build(recorded(items.slice(1)), elsewhere)).not.toBe(hash);
  store.close();
  elsewhere.close();
});
