import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import type { Store } from "../../../src/store/store.ts";
import { readTurns } from "../../../src/train/candidates/read-turns.ts";
import { buildDataset, type SelectionProgress } from "../../../src/train/dataset/build-dataset.ts";
import { DatasetSettings } from "../../../src/train/dataset/settings.ts";
import { OverviewCount, type SelectionOverview } from "../../../src/train/selection/overview.ts";
import type { Selector } from "../../../src/train/selection/selector.ts";
import { courierEntries } from "../../metrics/trouble/support.ts";
import { removeFolders } from "../../store/support.ts";
import { freshStore, recordEpisode, sourceOf } from "../support.ts";

let store: Store;

beforeAll(async () => {
  store = await freshStore();
});

afterAll(() => {
  store.close();
  removeFolders();
});

test("what there is to choose from is counted over all episodes, by kind and by what came of it", async () => {
  const count = new OverviewCount();
  for (const player of ["perfect", "forgetful", "unread"] as const) {
    count.add(await readTurns(sourceOf(store), await recordEpisode(store, courierEntries(player))));
  }
  const overview = count.overview();
  expect(overview.instruction).not.toBe("");
  expect(overview.tasks).toMatchObject([{ episodes: 3, bestProgress: 1 }]);
  expect(overview.kinds.write).toMatchObject({ turns: 6, faulty: 0, meanValue: expect.closeTo(0.475, 1) });
  expect(overview.kinds.other).toEqual({ turns: 0, faulty: 0, meanValue: 0 });
  // The perfect player found its three notes; the other one that noted never looked.
  expect(overview.lines).toEqual({ written: 6, redundant: 0, found: 3, credited: 3 });
  expect(overview.lookups).toMatchObject({ found: 6, gained: { named: 6, silent: 0, other: 0 } });
  expect(overview.quiet.neededLater).toBe(3);
});

test("a selector is given the overview if it asks, and its own criteria back with each batch", async () => {
  const episodes = [await recordEpisode(store, courierEntries("perfect"), 1001)];
  let seen: SelectionOverview | undefined;
  const given = new Set<string>();
  const selector: Selector = {
    identity: { name: "test", details: {} },
    batchTurns: 10,
    criteria: async ({ overview }) => {
      seen = await overview();
      return "Notes that were used.";
    },
    choose: async ({ turns }, criteria) => {
      given.add(criteria);
      return turns
        .filter(({ kind }) => kind === "write")
        .map(({ id }) => ({ turn: id, rule: "notes", reason: "Used." }));
    },
  };
  const told: SelectionProgress[] = [];
  await buildDataset({
    source: sourceOf(store),
    game: "toy",
    episodes,
    selector,
    settings: v.parse(DatasetSettings, {}),
    automemVersion: "0.1.0",
    onProgress: (progress) => void told.push(progress),
  });
  expect(seen?.kinds.write.turns).toBe(3);
  expect([...given]).toEqual(["Notes that were used."]);
  expect(told).toEqual([
    { episodes: 0, of: 1, turns: 0, chosen: 0 },
    { episodes: 1, of: 1, turns: 33, chosen: 3 },
  ]);
});
