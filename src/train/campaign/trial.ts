/** One trial: data, one or two configurations, their select scores, the test of the best, and the row of the ledger that says so. */
import * as v from "valibot";
import { keepEvaluation, type Screened } from "../../campaign/contest.ts";
import { Hash } from "../../core/hash.ts";
import { plainJson } from "../../core/json.ts";
import type { TrialFailure, TrialRecord, TriedConfiguration } from "../../core/trial.ts";
import type { Decision, TrialPlan } from "../decider/decider.ts";
import { dataOf } from "./data.ts";
import { confirmConfiguration, type Judged, screenConfiguration, whoPlays } from "./judging.ts";
import type { TrainLoop } from "./loop.ts";
import { bestOf, ledgerRow } from "./progress.ts";
import { serveConfiguration } from "./serving.ts";
import { trainConfiguration, triedWith } from "./training.ts";

export interface TrialRequest {
  key: string;
  round: number;
  decision: Extract<Decision, { kind: "plan" }>;
}

type Outcome = Pick<TrialRecord, "outcome" | "why" | "tests" | "configurations"> &
  Partial<Pick<TrialRecord, "dataset" | "best" | "screen" | "failure">> & { toldToDecider: string; passed: boolean };

interface Tried {
  key: string;
  configuration: TriedConfiguration;
  screened?: Screened | undefined;
}

/** Keeps the row, and makes an accepted adapter the incumbent. Throws what halts the campaign. */
export async function runTrial(loop: TrainLoop, { key, round, decision }: TrialRequest): Promise<void> {
  const { store, log, progress, recordHash, tell, players } = loop;
  const { plan, reason } = decision;
  const { toldToDecider, passed, ...outcome } = await tryPlan(loop, key, round, plan);
  const record: TrialRecord = {
    schema: "automem.trial/1",
    campaign: recordHash,
    key,
    round,
    plan: plainJson(plan) as TrialRecord["plan"],
    reason: await store.blobs.put(reason),
    ...(progress.incumbent.adapter && { incumbent: progress.incumbent.adapter.name }),
    ...outcome,
  };
  const { record: hash } = await log.once(`trial/${key}`, v.strictObject({ record: Hash }), async () => ({
    record: await store.records.put<"automem.trial/1">(record),
  }));
  progress.trials.push(hash);
  progress.lookedBetter.push(passed);
  progress.ledger.push(ledgerRow(record, toldToDecider));
  const best = record.best === undefined ? undefined : record.configurations[record.best];
  if (record.outcome === "accepted" && best !== undefined) accept(loop, key, best);
  tell({ kind: "trial-end", key, outcome: record.outcome, why: record.why, adapter: best?.adapterName });
  await players.keepOnly([progress.incumbent.adapter?.name]);
}

async function tryPlan(loop: TrainLoop, key: string, round: number, plan: TrialPlan): Promise<Outcome> {
  const data = await dataOf(loop, key, round, plan.data);
  if ("failure" in data) return failedWith(data.failure, []);
  const dataset = data.summary.hash;
  const made: Tried[] = [];
  for (const [index, recipe] of plan.recipes.entries()) {
    made.push(await makeConfiguration(loop, `${key}.${index + 1}`, dataset, recipe));
  }
  const adapters = made.flatMap(({ configuration: { failure, adapterName } }) => (failure ? [] : [adapterName]));
  await loop.players.keepOnly([loop.progress.incumbent.adapter?.name, ...adapters]);
  const tried: Tried[] = [];
  for (const one of made) tried.push(await screen(loop, one));
  const configurations = tried.map(({ configuration }) => configuration);
  const screenedOnes = tried.flatMap(({ screened }, index) => (screened === undefined ? [] : [{ screened, index }]));
  const best = screenedOnes[bestOf(screenedOnes.map(({ screened }) => screened.screening)) ?? -1];
  if (best === undefined) return { dataset, ...failedWith(configurations[0]!.failure!, configurations) };
  const { screening } = best.screened;
  const common = { dataset, configurations, best: best.index, screen: plainJson(screening), passed: screening.pass };
  if (!screening.pass) {
    const { reason } = screening;
    return { ...common, outcome: "rejected-on-select", why: reason, toldToDecider: reason, tests: [] };
  }
  const winner = configurations[best.index]!.adapterName!;
  await loop.players.keepOnly([loop.progress.incumbent.adapter?.name, winner]);
  const judged: Judged = await confirmConfiguration(loop, tried[best.index]!.key, winner);
  return { ...common, ...judged };
}

/** Trained, served and compared with the trainer; or what it failed at. */
async function makeConfiguration(
  loop: TrainLoop,
  key: string,
  dataset: Hash,
  recipe: TriedConfiguration["recipe"],
): Promise<Tried> {
  const { progress } = loop;
  const training = await trainConfiguration(loop, key, dataset, recipe);
  if ("failure" in training) return failedConfiguration(loop, key, { recipe }, training.failure);
  const { made, recipeRecord } = training;
  const { parity, failure } = await serveConfiguration(loop, key, dataset, made);
  const configuration: TriedConfiguration = { ...triedWith(recipe, made), ...(parity && { parity }) };
  if (failure !== undefined) return failedConfiguration(loop, key, configuration, failure);
  progress.made.set(recipeRecord, made);
  return { key, configuration };
}

async function screen(loop: TrainLoop, tried: Tried): Promise<Tried> {
  const { key, configuration } = tried;
  if (configuration.failure !== undefined || configuration.adapterName === undefined) return tried;
  const outcome = await screenConfiguration(loop, key, configuration.adapterName);
  if ("failure" in outcome) return failedConfiguration(loop, key, configuration, outcome.failure);
  const { screened } = outcome;
  const who = whoPlays(loop, configuration.adapterName);
  const select = await keepEvaluation(loop.store, who, "select", screened.played.candidate);
  const { candidateMean: selectMean } = screened;
  return {
    key,
    screened,
    configuration: { ...configuration, select, ...(selectMean !== undefined && { selectMean }) },
  };
}

function failedConfiguration(
  { tell }: TrainLoop,
  key: string,
  configuration: TriedConfiguration,
  failure: TrialFailure,
): Tried {
  tell({ kind: "configuration-failed", key, failure });
  return { key, configuration: { ...configuration, failure } };
}

function failedWith(failure: TrialFailure, configurations: TriedConfiguration[]): Outcome {
  const why = `Failed in ${failure.stage} (${failure.code}): ${failure.reason}`;
  return { outcome: "failed", why, toldToDecider: why, configurations, failure, tests: [], passed: false };
}

/** The best adapter moves on, under names that people can use; the specialist of later rounds. */
function accept(loop: TrainLoop, key: string, best: TriedConfiguration): void {
  const { store, campaignId, progress } = loop;
  const { adapter: record, adapterName: name } = best;
  if (record === undefined || name === undefined) throw new Error("What was accepted has an adapter.");
  for (const ref of [`specialist/${campaignId}/${key}`, `specialist/${campaignId}/best`]) {
    const present = store.refs.get(ref);
    const ours = present === undefined || present === progress.incumbent.adapter?.record;
    // Gone through again after a stop, the ref may be further on already.
    if (present !== record && ours) store.refs.move(ref, present, record);
  }
  progress.incumbent = { adapter: { record, name }, acceptedHere: true };
  progress.incumbentSelectMean = best.selectMean;
}
