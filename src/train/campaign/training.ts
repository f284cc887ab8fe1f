/**
 * Trains one configuration and keeps what came of it. An interrupted training is asked for again in the same folder, where the trainer finds its
 * last checkpoint. A training with equal recipe, data and base is not done twice in a campaign.
 */
import { join } from "node:path";
import * as v from "valibot";
import { CampaignStopped } from "../../campaign/arena.ts";
import { CampaignBudgetSpent } from "../../campaign/spending.ts";
import type { AdapterRecord } from "../../core/adapter.ts";
import { messageOf, TrainerError } from "../../core/errors.ts";
import { Hash } from "../../core/hash.ts";
import { type Recipe, type Trainer, TrainResult } from "../../core/trainer.ts";
import { TrialFailure, type TriedConfiguration } from "../../core/trial.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import { openDataset } from "../dataset/read-dataset.ts";
import { attempted, courseOfKeeping, courseOfTraining } from "./faults.ts";
import { costs, secondsSince, type TrainLoop } from "./loop.ts";

/** An adapter as it was trained here. */
export interface MadeAdapter {
  /** Hashes of the records of the training and of the adapter. */
  training: Hash;
  record: Hash;
  adapter: AdapterRecord;
  result: TrainResult;
}

export type Training = { recipeRecord: Hash } & ({ made: MadeAdapter } | { failure: TrialFailure });

const Trained = v.strictObject({
  result: v.optional(TrainResult),
  failure: v.optional(TrialFailure),
  seconds: v.number(),
});
const Kept = v.strictObject({
  kept: v.optional(v.strictObject({ training: Hash, record: Hash })),
  failure: v.optional(TrialFailure),
});

/** `key` names the configuration. Throws what halts the campaign, with the checkpoints kept. */
export async function trainConfiguration(
  loop: TrainLoop,
  key: string,
  dataset: Hash,
  recipe: Recipe,
): Promise<Training> {
  const { store, record, progress, log, spending, tell } = loop;
  const recipeRecord = await store.records.put<"automem.recipe/1">({
    schema: "automem.recipe/1",
    recipe,
    dataset,
    base: record.base,
    trainer: record.trainer,
  });
  const before = progress.made.get(recipeRecord);
  if (before !== undefined) return { recipeRecord, made: before };
  tell({ kind: "training-start", key, recipe });
  const { result, failure, seconds } = await log.once(`training/${key}`, Trained, () =>
    train(loop, key, dataset, recipe),
  );
  spending.add(costs({ seconds }));
  if (result === undefined) return { recipeRecord, failure: failure! };
  const made = await keep(loop, key, { dataset, recipe: recipeRecord }, result);
  if ("failure" in made) return { recipeRecord, ...made };
  const { steps, losses } = result;
  tell({ kind: "trained", key, adapter: made.adapter.name, steps, finalLoss: losses.at(-1), seconds });
  return { recipeRecord, made };
}

/** What a ledger says of a made adapter. */
export function triedWith(
  recipe: Recipe,
  { training, record, adapter }: Pick<MadeAdapter, "training" | "record" | "adapter">,
): TriedConfiguration {
  return { recipe, training, adapter: record, adapterName: adapter.name };
}

async function train(
  loop: TrainLoop,
  key: string,
  dataset: Hash,
  recipe: Recipe,
): Promise<v.InferOutput<typeof Trained>> {
  const { spending, clock, store, workFolder, signal } = loop;
  spending.require(0);
  const startMs = clock.monotonicMs();
  const { record } = await openDataset(store, dataset);
  const path = join(workFolder, `${dataset}.jsonl`);
  await writeAtomic(path, await store.blobs.get(record.train.blob));
  const request = { dataset: path, base: loop.basePath, recipe, out: join(workFolder, key), cache: loop.cacheFolder };
  const trained = await attempted({ stage: "training", course: courseOfTraining, signal }, async () => {
    const limit = timeLimit(loop, startMs);
    const trainer = await started(loop);
    try {
      return await trainer.train(request, {
        timeoutMs: limit.seconds * 1000,
        signal,
        onProgress: (progress) => loop.tell({ kind: "training-progress", key, progress }),
      });
    } catch (fault) {
      if (limit.ofBudget && fault instanceof TrainerError && fault.code === "timeout") {
        throw new CampaignBudgetSpent(`The budget of seconds is spent; training ${key} was stopped at a checkpoint.`);
      }
      throw fault;
    }
  });
  const seconds = secondsSince(loop, startMs);
  return "failure" in trained ? { failure: trained.failure, seconds } : { result: trained.value, seconds };
}

/** Seconds this training may take, and whether it is the campaign's budget that says so. */
function timeLimit(loop: TrainLoop, startMs: number): { seconds: number; ofBudget: boolean } {
  const own = loop.settings.trainingSeconds;
  const left = loop.spending.left()?.seconds;
  if (left === undefined || left > own) return { seconds: own, ofBudget: false };
  return { seconds: Math.max(1, Math.floor(left - secondsSince(loop, startMs))), ofBudget: true };
}

/** A trainer that cannot be started would fail every configuration alike. */
async function started({ trainer, signal }: TrainLoop): Promise<Trainer> {
  try {
    return await trainer();
  } catch (fault) {
    if (signal.aborted || !(fault instanceof TrainerError)) throw fault;
    throw new CampaignStopped(`The trainer cannot be started: ${messageOf(fault)}`, {
      code: "no-trainer",
      data: fault.data,
      cause: fault,
      retryable: true,
    });
  }
}

async function keep(
  loop: TrainLoop,
  key: string,
  parents: { dataset: Hash; recipe: Hash },
  result: TrainResult,
): Promise<MadeAdapter | { failure: TrialFailure }> {
  const { log, store, signal } = loop;
  const { kept, failure } = await log.once(`adapter/${key}`, Kept, async () => {
    const outcome = await attempted({ stage: "training", course: courseOfKeeping, signal }, () =>
      loop.keepTrained(result, parents),
    );
    if ("failure" in outcome) return outcome;
    const { record } = outcome.value;
    return { kept: { record, training: await keepTraining(loop, parents.recipe, record, result) } };
  });
  if (kept === undefined) return { failure: failure! };
  return { ...kept, adapter: await store.records.get(kept.record, "automem.adapter/1"), result };
}

async function keepTraining(
  { store }: TrainLoop,
  recipe: Hash,
  adapter: Hash,
  { steps, losses, examples, tooLong, tokens, learntTokens, base, seed, packages, device }: TrainResult,
): Promise<Hash> {
  const finalLoss = losses.at(-1);
  return store.records.put<"automem.training/1">({
    schema: "automem.training/1",
    recipe,
    adapter,
    steps,
    examples,
    tooLong,
    tokens,
    learntTokens,
    losses: await store.blobs.put(JSON.stringify(losses)),
    ...(finalLoss === undefined ? {} : { finalLoss }),
    baseSha256: base.sha256,
    baseGgufSha256: base.ggufSha256,
    seed,
    device,
    packages,
  });
}
