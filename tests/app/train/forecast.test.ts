/** What a campaign of `train` may cost, from its settings alone. */
import { expect, test } from "bun:test";
import * as v from "valibot";
import { countsOf } from "../../../src/app/train/forecast.ts";
import { TrainSettings } from "../../../src/train/settings.ts";

function settings(said: object, play: object = {}): TrainSettings {
  return v.parse(TrainSettings, { play: { game: "courier", model: "scripted:x", ...play }, ...said });
}

const small = {
  collection: { seeds: 10, samples: 2 },
  rounds: 2,
  trials: 3,
  selectSeeds: 4,
  gate: { kind: "confirm", maximumPairs: 8 },
};

test("at least the first collection and what has to be beaten on the select seeds", () => {
  expect(countsOf(settings(small), 3, 10).episodes).toMatchObject({ collected: 60, least: 60 + 12 });
});

test("at most two trainings a trial, each on the select seeds, and each trial's best on the confirm seeds, twice once it is to be beaten", () => {
  const { episodes, trainings } = countsOf(settings(small), 1, 10);
  expect(trainings.most).toBe(12);
  // 2 collections; base and 12 adapters on 4 select seeds; the base and 6 adapters, 5 of them again, on 8 pairs; both on 10 report seeds.
  expect(episodes.most).toBe(2 * 20 + 4 * 13 + 8 * (1 + 6 + 5) + 2 * 10);
});

test("a specialist to start from plays the confirm seeds too, the paper's gate plays none, and a report may be left out", () => {
  const without = countsOf(settings(small), 1, 10).episodes.most;
  expect(countsOf(settings(small, { specialist: "abcd" }), 1, 10).episodes.most).toBe(without + 8);
  const paper = { ...small, gate: { kind: "paper" }, report: "never" };
  expect(countsOf(settings(paper), 1, 10).episodes.most).toBe(2 * 20 + 4 * 13);
});
