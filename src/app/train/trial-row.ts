/** A trial as a row of the ledger, from its record; and one in full. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { Hash } from "../../core/hash.ts";
import type { Recipe } from "../../core/trainer.ts";
import type { KindCounts } from "../../core/training.ts";
import type { TrialFailure, TrialRecord, TrialTest, TriedConfiguration } from "../../core/trial.ts";
import type { CampaignLogView } from "../../store/campaign-log.ts";
import type { Store } from "../../store/store.ts";
import { datasetItems, openDataset } from "../../train/dataset/read-dataset.ts";
import { Decision } from "../../train/decider/decider.ts";
import { differingFields } from "../../train/decider/recipe-text.ts";

export interface ConfigurationRow {
  /** `t2.1`. */
  key: string;
  recipe: Recipe;
  /** In what it differs from the first configuration of the trial before; absent in the first trial. */
  differs: string | undefined;
  adapter: Hash | undefined;
  steps: number | undefined;
  finalLoss: number | undefined;
  parity: { equal: number; of: number } | undefined;
  selectMean: number | undefined;
  failure: TrialFailure | undefined;
  training: Hash | undefined;
}

export interface TestRow {
  against: TrialTest["against"];
  /** Evaluations. */
  candidate: Hash;
  opponent: Hash;
  decision: string | undefined;
  reason: string | undefined;
  /** Of candidate - opponent, with its interval. */
  estimate: number | undefined;
  interval: readonly [low: number, high: number] | undefined;
  pairs: number;
}

export interface TrialRow {
  key: string;
  /** Absent while it is under way. */
  round: number | undefined;
  /** Absent while it is under way. */
  record: Hash | undefined;
  dataset: { hash: Hash; reused: boolean; lines: number; items: Partial<KindCounts> } | undefined;
  configurations: ConfigurationRow[];
  best: number | undefined;
  /** Mean of the best - what had to be beaten, on the select seeds. */
  selectDifference: number | undefined;
  /** Of the record; `under way`. */
  outcome: string;
  why: string;
  failure: TrialFailure | undefined;
  tests: TestRow[];
  /** Name of the best configuration's adapter. */
  adapter: Hash | undefined;
}

/** What of a gate's figures is shown; the record has them whole. */
const GateShown = v.object({
  decision: v.optional(v.string()),
  reason: v.optional(v.string()),
  estimate: v.optional(v.number()),
  interval: v.optional(v.tuple([v.number(), v.number()])),
  pairsUsed: v.optional(v.number(), 0),
});

const ScreenShown = v.object({ estimate: v.optional(v.number()) });
const PlanShown = v.object({ data: v.object({ kind: v.string() }) });

/** `before`: a recipe to compare with. Throws `StoreError`. */
export async function trialRow(store: Store, hash: Hash, before: Recipe | undefined): Promise<TrialRow> {
  const trial = await store.records.get(hash, "automem.trial/1");
  const configurations: ConfigurationRow[] = [];
  for (const [index, tried] of trial.configurations.entries()) {
    configurations.push(await configurationRow(store, `${trial.key}.${index + 1}`, tried, before));
  }
  const screen = v.safeParse(ScreenShown, trial.screen);
  return {
    key: trial.key,
    round: trial.round,
    record: hash,
    dataset: await dataOf(store, trial),
    configurations,
    best: trial.best,
    selectDifference: screen.success ? screen.output.estimate : undefined,
    outcome: trial.outcome,
    why: trial.why,
    failure: trial.failure,
    tests: trial.tests.map(testRow),
    adapter: trial.best === undefined ? undefined : configurations[trial.best]?.adapter,
  };
}

/** A trial that was decided on and has no record yet; `undefined` if nothing further was to be tried. */
export async function trialUnderWay(
  store: Store,
  log: CampaignLogView,
  key: string,
  before: Recipe | undefined,
): Promise<TrialRow | undefined> {
  const decided = await log.get(`decide/${key}`, v.object({ decision: Decision }));
  if (decided?.decision.kind !== "plan") return undefined;
  const { data, recipes } = decided.decision.plan;
  const built = await log.get(`dataset/${key}`, v.object({ dataset: v.optional(Hash) }));
  const dataset = data.kind === "reuse" ? data.dataset : built?.dataset;
  return {
    key,
    round: undefined,
    record: undefined,
    dataset: dataset === undefined ? undefined : await dataRow(store, dataset, data.kind === "reuse"),
    configurations: recipes.map((recipe, index) => ({
      key: `${key}.${index + 1}`,
      recipe,
      differs: before && differingFields(recipe, before),
      ...{ adapter: undefined, steps: undefined, finalLoss: undefined, parity: undefined, selectMean: undefined },
      ...{ failure: undefined, training: undefined },
    })),
    best: undefined,
    selectDifference: undefined,
    outcome: "under way",
    why: "",
    failure: undefined,
    tests: [],
    adapter: undefined,
  };
}

export interface TrialView {
  row: TrialRow;
  trial: TrialRecord;
  /** The decider's, Markdown. */
  reason: string;
  /** Of each configuration that was trained, by its key: the loss of each step, in order. */
  losses: Record<string, number[]>;
}

/** A finished trial in full. Throws `ConfigError` `no-such-trial` with the choices. */
export async function trialView(store: Store, rows: readonly TrialRow[], key: string): Promise<TrialView> {
  const row = rows.find((one) => one.key === key);
  if (row?.record === undefined) {
    const keys = rows.flatMap((one) => (one.record === undefined ? [] : [one.key]));
    throw new ConfigError(
      `There is no finished trial "${key}". ${keys.length === 0 ? "There is none yet." : `There is ${keys.join(", ")}.`}`,
      { code: "no-such-trial" },
    );
  }
  const trial = await store.records.get(row.record, "automem.trial/1");
  const losses: TrialView["losses"] = {};
  for (const { key: name, training } of row.configurations) {
    if (training === undefined) continue;
    const { losses: blob } = await store.records.get(training, "automem.training/1");
    losses[name] = v.parse(v.array(v.number()), JSON.parse(await store.blobs.getText(blob)));
  }
  return { row, trial, reason: await store.blobs.getText(trial.reason), losses };
}

async function configurationRow(
  store: Store,
  key: string,
  { recipe, adapterName, training: hash, parity, selectMean, failure }: TriedConfiguration,
  before: Recipe | undefined,
): Promise<ConfigurationRow> {
  const training = hash === undefined ? undefined : await store.records.get(hash, "automem.training/1");
  return {
    key,
    recipe,
    differs: before && differingFields(recipe, before),
    adapter: adapterName,
    steps: training?.steps,
    finalLoss: training?.finalLoss,
    parity,
    selectMean,
    failure,
    training: hash,
  };
}

async function dataOf(store: Store, { dataset, plan }: TrialRecord): Promise<TrialRow["dataset"]> {
  if (dataset === undefined) return undefined;
  const shown = v.safeParse(PlanShown, plan);
  return dataRow(store, dataset, shown.success && shown.output.data.kind === "reuse");
}

async function dataRow(store: Store, hash: Hash, reused: boolean): Promise<TrialRow["dataset"]> {
  const opened = await openDataset(store, hash);
  const items: Partial<KindCounts> = {};
  for (const { kind, split } of await datasetItems(store, opened)) {
    if (split === "train") items[kind] = (items[kind] ?? 0) + 1;
  }
  return { hash, reused, lines: opened.record.train.lines, items };
}

/** What of a test is shown. */
export function testRow({ against, candidate, opponent, gate }: TrialTest): TestRow {
  const { decision, reason, estimate, interval, pairsUsed } = v.parse(GateShown, gate);
  return { against, candidate, opponent, decision, reason, estimate, interval, pairs: pairsUsed };
}
