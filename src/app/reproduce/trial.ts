/** Judges a trial of `train` again: screen and tests over the recorded evaluations, after all the looks before it. */
import * as v from "valibot";
import { pairsOf } from "../../campaign/contest.ts";
import { createGate, type Gate, type GateVerdict } from "../../campaign/gate/gate.ts";
import { EvaluationRecord } from "../../core/campaign.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { TrainCampaignRecord, TrialRecord, TriedConfiguration } from "../../core/trial.ts";
import { wholeMean } from "../../metrics/whole-mean.ts";
import { bestOf } from "../../train/campaign/progress.ts";
import { TrainSettings } from "../../train/settings.ts";
import { type Books, countLook } from "./books.ts";
import { confirmAgain, gateCheck, outcomeOf, screenAgain, screenCheck } from "./gate-checks.ts";
import { evaluationChecks } from "./played.ts";
import { compared, type FieldCheck, type Reproduction, remark, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

type Episodes = EvaluationRecord["episodes"];

const alone = "the base alone";

/** A campaign of `train`, as its trials need it. */
export interface TrialsOf {
  /** Of its folder. */
  id: string;
  record: TrainCampaignRecord;
}

/** `books` are as before this trial, and move on. A trial that cannot be judged leaves them as they were. */
export async function trialAgain(shop: Workshop, campaign: TrialsOf, hash: Hash, books: Books): Promise<Reproduction> {
  let title = hash.slice(0, 12);
  const checks = await shop.attempt("trial", async () => {
    const trial = await shop.store.records.get(hash, "automem.trial/1");
    title = `${trial.key}, ${trial.outcome}`;
    return judge(shop, campaign, trial, books);
  });
  return reproduction({ record: hash, kind: "trial", title }, checks);
}

async function judge(shop: Workshop, campaign: TrialsOf, trial: TrialRecord, books: Books): Promise<FieldCheck[]> {
  const gate = createGate(v.parse(TrainSettings, campaign.record.settings).gate);
  const checks = [compared("incumbent", trial.incumbent ?? alone, books.incumbent ?? alone)];
  const failures = trial.configurations.flatMap(({ failure }) => failure ?? []);
  const failed = trial.failure ?? failures[0];
  if (failed !== undefined) checks.push(remark("failure", `${failed.stage}, ${failed.code}: ${failed.reason}`));
  if (trial.best === undefined) {
    checks.push(compared("outcome", trial.outcome, "failed"));
    return checks;
  }
  const incumbent = await incumbentOnSelect(shop, campaign, books.incumbent);
  const screened = await screenAll(shop, gate, trial.configurations, incumbent, checks);
  const best = bestOf(screened.map(({ screening }) => screening));
  const own = best === undefined ? undefined : screened[best];
  checks.push(compared("best configuration", trial.best, own?.index, String(trial.best + 1)));
  if (own === undefined) return checks;
  checks.push(screenCheck(trial.screen, own.screening));
  const verdict = own.screening.pass ? await testAgain(shop, gate, trial, books, checks) : undefined;
  const outcome = outcomeOf(own.screening, verdict);
  checks.push(compared("outcome", trial.outcome, outcome));
  if (!own.screening.pass) checks.push(compared("why", trial.why, own.screening.reason));
  const accepted = trial.configurations[own.index];
  if (outcome === "accepted") {
    books.incumbent = accepted?.adapterName;
    books.incumbentRecord = accepted?.adapter;
  }
  return checks;
}

async function screenAll(
  shop: Workshop,
  gate: Gate,
  configurations: readonly TriedConfiguration[],
  incumbent: Episodes,
  checks: FieldCheck[],
) {
  const screened: { index: number; screening: ReturnType<typeof screenAgain> }[] = [];
  for (const [index, { select, selectMean, adapterName, failure }] of configurations.entries()) {
    if (select === undefined || failure !== undefined) continue;
    const evaluation = await shop.store.records.get(select, "automem.evaluation/1");
    checks.push(...(await evaluationChecks(shop, evaluation)));
    checks.push(compared(`adapter of configuration ${index + 1}`, adapterName, evaluation.adapter));
    const mean = wholeMean(pairsOf(evaluation.episodes, incumbent).map(({ candidate }) => candidate));
    checks.push(compared(`select mean of configuration ${index + 1}`, selectMean ?? null, mean ?? null));
    screened.push({ index, screening: screenAgain(gate, evaluation.episodes, incumbent) });
  }
  return screened;
}

/** All tests of a trial are one look (src/train/campaign/judging.ts): the incumbent specialist, if there is one, then the base alone. */
async function testAgain(
  shop: Workshop,
  gate: Gate,
  { tests, why }: TrialRecord,
  books: Books,
  checks: FieldCheck[],
): Promise<GateVerdict | undefined> {
  const opponents = books.incumbent === undefined ? ["base"] : ["incumbent", "base"];
  const soFar = { ...books.soFar };
  const reasons: string[] = [];
  let verdict: GateVerdict | undefined;
  for (const [index, { against, candidate, opponent, gate: recorded }] of tests.entries()) {
    const pair = {
      candidate: await shop.store.records.get(candidate, "automem.evaluation/1"),
      incumbent: await shop.store.records.get(opponent, "automem.evaluation/1"),
    };
    checks.push(...(await evaluationChecks(shop, pair.candidate)), ...(await evaluationChecks(shop, pair.incumbent)));
    checks.push(compared(`opponent ${index + 1}`, against, opponents[index]));
    const expected = against === "base" ? undefined : books.incumbent;
    checks.push(compared(`who opponent ${index + 1} is`, pair.incumbent.adapter ?? alone, expected ?? alone));
    verdict = confirmAgain(gate, pair, soFar);
    checks.push(gateCheck(recorded, verdict, `gate against the ${against}, look ${soFar.looksBefore + 1}`));
    if (verdict === undefined) return undefined;
    reasons.push(opponents.length === 1 ? verdict.reason : `Against the ${against}: ${verdict.reason}`);
    if (verdict.decision !== "accept") break;
  }
  const wanted = verdict?.decision === "accept" ? opponents.length : reasons.length;
  checks.push(compared("tests", tests.length, wanted), compared("why", why, reasons.join(" ")));
  if (verdict !== undefined) countLook(books, verdict);
  return verdict;
}

const Played = v.looseObject({ episodes: EvaluationRecord.entries.episodes });

/** The trial does not name them: the incumbent played its select seeds once in the campaign, and its log has them. */
async function incumbentOnSelect({ store }: Workshop, { id }: TrialsOf, adapter: Hash | undefined): Promise<Episodes> {
  const log = await store.campaigns.viewLog(id);
  const prefix = `play/select/${(adapter ?? "base-alone").slice(0, 16)}/`;
  const episodes: Episodes = [];
  for (const name of log.names()) {
    if (!name.startsWith(prefix) || name.endsWith("/run")) continue;
    episodes.push(...((await log.get(name, Played))?.episodes ?? []));
  }
  if (episodes.length > 0) return episodes;
  throw new ConfigError(`The log of campaign ${id} has no episodes of the incumbent on the select seeds.`, {
    code: "no-episodes",
  });
}
