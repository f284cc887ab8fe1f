/** Trains again what was trained, with the recorded recipe and data, and compares course and weights. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AdapterBase, AdapterRecord } from "../../core/adapter.ts";
import { peftConfigFile, peftWeightsFile } from "../../core/adapter.ts";
import { ConfigError } from "../../core/errors.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { parseModelName } from "../../core/model-name.ts";
import type { TrainResult } from "../../core/trainer.ts";
import type { RecipeRecord, TrainingRecord } from "../../core/trial.ts";
import { readSafetensors } from "../../inference/adapters/safetensors.ts";
import { weightsDifference } from "../../inference/adapters/weights-difference.ts";
import { writeAtomic } from "../../platform/atomic-write.ts";
import { openTrainer } from "../../plugins/open.ts";
import { readLosses } from "../lineage/adapter-origin.ts";
import { trialsOf } from "../lineage/makers.ts";
import { Reading } from "../lineage/reading.ts";
import { openRunModel } from "../models.ts";
import { type BaseWeights, findBaseWeights } from "../train/base-weights.ts";
import { compared, type FieldCheck, notDoneAgain, noted, type Reproduction, remark, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

/** What the new training is held against. */
interface Recorded {
  recipe: RecipeRecord;
  adapter: AdapterRecord;
  /** Absent where no trial of this store says how it went: then only weights are compared. */
  training: { record: TrainingRecord; losses: number[] } | undefined;
}

const longestTrainingMs = 7 * 24 * 3600 * 1000;

export async function adapterAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const adapter = await shop.store.records.get(hash, "automem.adapter/1");
  const about = { record: hash, kind: "adapter", title: `${adapter.name.slice(0, 12)} for ${adapter.base.model}` };
  const recipe = adapter.parents?.recipe;
  if (recipe === undefined) {
    const why = "The adapter was imported: nothing is known of its making.";
    return reproduction(about, [notDoneAgain("training", why)]);
  }
  const trials = await trialsOf(shop.store, { record: hash, adapter }, (problem) => shop.tell(problem));
  const trainings = trials.flatMap(({ trial, configuration }) => trial.configurations[configuration]?.training ?? []);
  const own = await trainingOf(shop, recipe, trainings);
  return reproduction(about, await trainAgain(shop, recipe, adapter, own));
}

/** Of the trainings that made it, the one that followed this recipe. */
async function trainingOf(
  shop: Workshop,
  recipe: Hash,
  trainings: readonly Hash[],
): Promise<TrainingRecord | undefined> {
  for (const hash of trainings) {
    const training = await shop.store.records.get(hash, "automem.training/1");
    if (training.recipe === recipe) return training;
  }
  return undefined;
}

export async function trainingAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const training = await shop.store.records.get(hash, "automem.training/1");
  const adapter = await shop.store.records.get(training.adapter, "automem.adapter/1");
  const about = { record: hash, kind: "training", title: `of adapter ${adapter.name.slice(0, 12)}` };
  return reproduction(about, await trainAgain(shop, training.recipe, adapter, training));
}

/** Held against the adapters of this store that name the recipe. */
export async function recipeAgain(shop: Workshop, hash: Hash): Promise<Reproduction> {
  const recipe = await shop.store.records.get(hash, "automem.recipe/1");
  const about = { record: hash, kind: "recipe", title: `for ${recipe.base.model}, trainer ${recipe.trainer.name}` };
  for (const ref of await shop.store.refs.names()) {
    const record = ref.startsWith("adapters/") ? shop.store.refs.get(ref) : undefined;
    if (record === undefined) continue;
    const adapter = await shop.store.records.get(record, "automem.adapter/1");
    if (adapter.parents?.recipe === hash) return reproduction(about, [], [await adapterAgain(shop, record)]);
  }
  const why = "No adapter of this store was made with this recipe: there is nothing to compare a training with.";
  return reproduction(about, [notDoneAgain("training", why)]);
}

async function trainAgain(
  shop: Workshop,
  recipeHash: Hash,
  adapter: AdapterRecord,
  training: TrainingRecord | undefined,
): Promise<FieldCheck[]> {
  return shop.attempt("training", async () => {
    const recipe = await shop.store.records.get(recipeHash, "automem.recipe/1");
    const reading = new Reading(shop.store);
    const losses = training === undefined ? [] : await readLosses(reading, training);
    const [damage] = reading.problems;
    if (damage !== undefined) throw new ConfigError(damage, { code: "damaged-losses" });
    const recorded = { recipe, adapter, training: training && { record: training, losses } };
    const base = await baseOf(shop, recipe);
    const { trainer, result } = await train(shop, recipe, base.path);
    return [
      noted("trainer", recipe.trainer.version, trainer.version),
      ...packagesNoted(training?.packages ?? recipe.trainer.packages, result.packages),
      noted("base weights, digest", recipe.base.digest ?? null, base.base.digest),
      ...courseChecks(recorded, result),
      ...(await weightChecks(shop, recorded, result)),
    ];
  });
}

async function train(shop: Workshop, { recipe, dataset, trainer }: RecipeRecord, base: string) {
  const { app, store, options } = shop;
  const record = await store.records.get(dataset, "automem.dataset/1");
  const folder = await shop.folder("training");
  const path = join(folder, `${dataset}.jsonl`);
  await writeAtomic(path, await store.blobs.get(record.train.blob));
  const client = await openTrainer(app.registry, trainer.name, {
    automemVersion: app.version,
    environment: app.environment,
  });
  try {
    const request = { dataset: path, base, recipe, out: join(folder, "out"), cache: app.home.cache };
    const result = await client.train(request, {
      timeoutMs: longestTrainingMs,
      signal: options.signal,
      onProgress: (progress) => {
        if (progress.phase !== "train") return;
        const { step, totalSteps, loss } = progress;
        if (step % 10 === 0 || step === totalSteps)
          shop.tell(`step ${step} of ${totalSteps}, loss ${loss.toPrecision(4)}`);
      },
    });
    return { trainer: client.ready, result };
  } finally {
    await client.close();
  }
}

/** `--base`; or the path that a campaign was given; or the weights that the base's name stands for. Throws `ConfigError` `no-base-weights`. */
async function baseOf(shop: Workshop, { base }: RecipeRecord): Promise<BaseWeights> {
  const said = shop.options.base ?? (await pathOfCampaign(shop, base));
  const isModel = /^[a-z][a-z0-9-]*:/.test(base.model);
  const model = { identity: { name: base.model, provider: isModel ? parseModelName(base.model).provider : "" } };
  if (said !== undefined || !isModel) return findBaseWeights(shop.app, model, said ?? base.model);
  if (model.identity.provider === "llama-cpp") return findBaseWeights(shop.app, model, undefined);
  const opened = await openRunModel(shop.app, { model: base.model, parallel: 1 });
  try {
    return await findBaseWeights(shop.app, opened, undefined);
  } finally {
    await opened.close();
  }
}

/** A campaign that was told where these weights are: `settings.base`, if they are there still. */
async function pathOfCampaign({ store }: Workshop, { digest }: AdapterBase): Promise<string | undefined> {
  for (const id of await store.campaigns.ids()) {
    const { record } = await store.campaigns.open(id);
    const path = record.loop === "train" && record.base.digest === digest ? record.settings.base : undefined;
    if (typeof path === "string" && existsSync(path)) return path;
  }
  return undefined;
}

function packagesNoted(recorded: Record<string, string>, found: Record<string, string>): FieldCheck[] {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(found)])].sort();
  const others = names.filter((name) => recorded[name] !== found[name]);
  if (others.length === 0) return [{ field: "packages", standing: "equal", recorded: `all ${names.length}` }];
  return others.map((name) => noted(`package ${name}`, recorded[name] ?? "absent", found[name] ?? "absent"));
}

function courseChecks({ training }: Recorded, result: TrainResult): FieldCheck[] {
  if (training === undefined) {
    return [remark("losses", "no trial of this store says how the training went: only weights are compared")];
  }
  const { record, losses } = training;
  const fields = ["steps", "examples", "tooLong", "tokens", "learntTokens", "seed"] as const;
  return [
    ...fields.map((field) => compared(field, record[field], result[field])),
    compared("base weights", record.baseSha256, result.base.sha256),
    compared("base weights, GGUF", record.baseGgufSha256, result.base.ggufSha256),
    noted("device", record.device, result.device),
    lossesCheck(losses, result.losses),
  ];
}

function lossesCheck(recorded: readonly number[], found: readonly number[]): FieldCheck {
  const both = Math.min(recorded.length, found.length);
  const far = Array.from({ length: both }, (_, index) => Math.abs(recorded[index]! - found[index]!));
  const unequal = far.filter((distance) => distance > 0).length;
  const shown = `${both - unequal} of ${recorded.length} equal`;
  if (unequal === 0 && recorded.length === found.length) return { field: "losses", standing: "equal", remark: shown };
  const text = `${shown}; largest difference ${Math.max(0, ...far).toPrecision(3)}`;
  const last = (losses: readonly number[]) => `${losses.at(-1)} after ${losses.length} steps`;
  return { field: "losses", standing: "different", recorded: last(recorded), found: last(found), remark: text };
}

async function weightChecks(shop: Workshop, { adapter }: Recorded, result: TrainResult): Promise<FieldCheck[]> {
  if (adapter.peft === undefined) {
    return [
      notDoneAgain("weights", "The adapter is kept as a GGUF alone, which is not compared with what a trainer writes."),
    ];
  }
  const read = (file: string) => readFile(join(result.adapter.folder, file));
  const weights = await read(peftWeightsFile);
  const config = await read(peftConfigFile);
  const same = hashBytes(weights) === adapter.peft[peftWeightsFile];
  const checks = [
    same
      ? compared("weights", adapter.peft[peftWeightsFile], hashBytes(weights))
      : weightsCheck(await shop.store.blobs.get(adapter.peft[peftWeightsFile]), weights),
    hashBytes(config) === adapter.peft[peftConfigFile]
      ? compared("configuration", adapter.peft[peftConfigFile], hashBytes(config))
      : compared(
          "configuration",
          await shop.store.blobs.getText(adapter.peft[peftConfigFile]),
          config.toString("utf8"),
        ),
  ];
  if (adapter.gguf !== undefined) checks.push(compared("GGUF", adapter.gguf, result.gguf?.sha256 ?? "none"));
  return checks;
}

function weightsCheck(recorded: Uint8Array, found: Uint8Array): FieldCheck {
  const difference = weightsDifference(
    readSafetensors(recorded, "the recorded adapter"),
    readSafetensors(found, "the new adapter"),
  );
  const check = { ...compared("weights", hashBytes(recorded), hashBytes(found)), standing: "different" as const };
  if (!difference.comparable) return { ...check, remark: difference.reason };
  const { values, unequal, largest, tensor } = difference;
  if (unequal === 0) return { ...check, remark: `all ${values} values are equal; the files differ otherwise` };
  return {
    ...check,
    remark: `${unequal} of ${values} values differ, by ${largest.toPrecision(3)} at most (${tensor})`,
  };
}
