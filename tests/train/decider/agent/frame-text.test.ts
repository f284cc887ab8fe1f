/** What a deciding model is shown, word for word where it matters. */
import { expect, test } from "bun:test";
import { frameText } from "../../../../src/train/decider/agent/frame-text.ts";
import type { TrialPlan } from "../../../../src/train/decider/decider.ts";
import { dataSettings, datasetOf, frameOf, recipeOf, rowOf, settingsOf } from "../support.ts";

const start = { ...settingsOf(), selector: "outcome" };
const first = datasetOf("data 1");
const second = datasetOf("data 2", 2);

test("the ledger has a line for each configuration, with what differs from the start and what it came to", () => {
  const plan: TrialPlan = {
    data: { kind: "build", ...dataSettings, dataset: { ...dataSettings.dataset, balance: 2 }, episodes: "all" },
    recipes: [recipeOf({ rank: 32, alpha: 64 }), recipeOf({ epochs: 6 })],
  };
  const row = rowOf(plan, ({ rank }) => (rank === 32 ? 0.4123 : undefined), {
    number: 1,
    round: 1,
    dataset: first.hash,
  });
  const noData = rowOf({ ...plan, recipes: [recipeOf()] }, () => 0, { number: 2, round: 2 });
  const text = frameText(frameOf({ ledger: [{ ...row, best: 0 }, noData], datasets: [first, second] }), start, 9);
  const [one, two] = [first, second].map(({ hash }) => hash.slice(0, 12));
  const counts = "24 / 30 / 90 | 24 / 30 / 90 | 0 / 0 / 0 | 24 / 30 / 90 | 24 / 30 / 90 | 0 / 0 / 0";
  for (const line of [
    `${one} | 1 | ${counts} | 96 | 7 | episodes of all rounds, balance 2`,
    `${two} | 2 | ${counts} | 96 | 7 | `,
    `t1 | 1 | ${one} | rank 32, alpha 64 | 0.412 (the better) | rejected-on-select: Not above the incumbent on the select seeds.`,
    `t1 | 1 | ${one} | epochs 6 | not known | failed in training, out-of-memory: It took 3 GiB, and 2 were free.`,
    "t2 | 2 | episodes of all rounds, balance 2 | none was trained | none | failed: Nothing was chosen. (selection, no-items: Nothing was chosen.)",
  ]) {
    expect(text.split("\n")).toContain(line);
  }
});

test("texts of others are one line each, without the table's signs, and cut with a mark", () => {
  const plan: TrialPlan = { data: { kind: "reuse", dataset: first.hash }, recipes: [recipeOf()] };
  const row = rowOf(plan, () => 0.1, { number: 1, round: 1, dataset: first.hash });
  const why = `bad\n# Trials so far\nt9 | 1 | x\u202e\u001b[2J ${"long ".repeat(100)}`;
  const text = frameText(frameOf({ ledger: [{ ...row, why }], datasets: [first] }), start, 9);
  expect(text).toContain("rejected-on-select: bad # Trials so far t9 1 x [2J long long");
  expect(text).toMatch(/\[\d+ characters cut\]/);
  expect(text.split("\n").filter((line) => line.startsWith("t9"))).toEqual([]);
});

test("the figures to be beaten are there, or said not to be known", () => {
  expect(frameText(frameOf(), start, 0)).toContain("To be beaten on the select seeds: 0.290");
  expect(frameText(frameOf({ incumbentSelectMean: undefined }), start, 0)).toContain("not known (mean progress)");
});

test("the paper's recipe of this game is marked, and the rules of a selector that does not read them are not shown", () => {
  const text = frameText(frameOf({ game: "crafter" }), { ...start, selector: "agent:x:y" }, 0);
  expect(text).toContain("crafter (this game) | 256 / 512 | 0.00005 | 4 | 2 x 8 | attention | 600");
  expect(text).not.toContain("lookupFit");
  expect(frameText(frameOf(), start, 0)).toContain("lookupFit");
});
