/** `automem why`: from an adapter back to recipe, training, trial, campaign, dataset, turns, episodes and scaffold, each checked on the way. */
import * as v from "valibot";
import type { AdapterRecord } from "../../core/adapter.ts";
import type { Hash } from "../../core/hash.ts";
import type { EpisodeRecord } from "../../core/records.ts";
import { Recipe } from "../../core/trainer.ts";
import type { DatasetItem, DatasetRecord } from "../../core/training.ts";
import type { RecipeRecord, TrainingRecord, TrialRecord } from "../../core/trial.ts";
import { datasetExamples, datasetItems, setAsideTurns } from "../../train/dataset/read-dataset.ts";
import { type DatasetStats, datasetStats } from "../../train/dataset/stats.ts";
import { adapterNamed } from "../adapters/adapters.ts";
import type { App } from "../app.ts";
import { episodeSource } from "../train/episode-source.ts";
import { trainingSeeds } from "../train/training-seeds.ts";
import { checkItems, type ItemsCheck } from "./check-items.ts";
import { trialsOf } from "./makers.ts";
import { placesOf } from "./places.ts";
import { Reading } from "./reading.ts";
import { type ScaffoldOrigin, scaffoldOrigin } from "./scaffold-origin.ts";

export interface RecipeField {
  field: string;
  value: unknown;
  /** Only where it is another. */
  default?: unknown;
}

export interface TrainingOrigin {
  hash: Hash;
  record: TrainingRecord;
  firstLoss: number | undefined;
  lastLoss: number | undefined;
}

/** The trial that made it; the same training in a later campaign makes the same adapter again. */
export interface TrialOrigin {
  /** Id of the campaign, as `automem show` takes it. */
  campaign: string;
  hash: Hash;
  key: string;
  round: number;
  /** From 1. */
  configuration: number;
  /** The trial tested this configuration, as the best of those it trained. */
  best: boolean;
  outcome: TrialRecord["outcome"];
  why: string;
  selectMean: number | undefined;
}

export interface DatasetOrigin {
  hash: Hash;
  record: DatasetRecord;
  /** What the selector looked for. */
  criteria: string | undefined;
  stats: DatasetStats;
  /** By their number, from 0. */
  items: DatasetItem[];
  check: ItemsCheck;
}

export interface EpisodeOrigin {
  hash: Hash;
  task: string;
  seed: number;
  steps: number;
  progress: number;
  scaffold: Hash;
  /** Items of the dataset that are from it. */
  items: number;
  /** `RUN/EPISODE`, wherever it was played. */
  places: string[];
}

export interface AdapterOrigin {
  /** The record's hash; the adapter's own is `adapter.name`. */
  record: Hash;
  adapter: AdapterRecord;
  /** False for one that was taken in from outside: nothing is known of its making. */
  known: boolean;
  recipe: { hash: Hash; record: RecipeRecord; fields: RecipeField[] } | undefined;
  trainings: TrainingOrigin[];
  trials: TrialOrigin[];
  dataset: DatasetOrigin | undefined;
  episodes: EpisodeOrigin[];
  scaffolds: ScaffoldOrigin[];
  /** What was read and has the content its hash says. */
  read: { records: number; blobs: number };
  /** Damage, and things that do not fit together. Empty: all is as recorded. */
  problems: string[];
}

export interface WhyOptions {
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** `named`: the adapter's name or four or more digits of it. Throws `ConfigError`: `unknown-adapter`, `ambiguous-adapter`. */
export async function adapterOrigin(app: App, named: string, options: WhyOptions = {}): Promise<AdapterOrigin> {
  const { record, adapter } = await adapterNamed(app, named);
  const reading = new Reading(await app.store());
  await reading.record(record, "the adapter's record", "automem.adapter/1");
  for (const [file, hash] of Object.entries(adapter.peft ?? {})) await reading.blob(hash, file);
  if (adapter.gguf !== undefined) await reading.blob(adapter.gguf, "the adapter's GGUF");
  const { recipe, trials, trainings } = await adapterMaking(reading, record, adapter);
  const datasetHash = adapter.parents?.dataset;
  const dataset = datasetHash === undefined ? undefined : await datasetOf(app, reading, datasetHash, options);
  const episodes = await episodesOf(reading, dataset);
  const scaffolds: ScaffoldOrigin[] = [];
  for (const hash of new Set(episodes.map(({ scaffold }) => scaffold))) {
    const origin = await scaffoldOrigin(reading, hash);
    if (origin !== undefined) scaffolds.push(origin);
  }
  const known = adapter.parents !== undefined || trials.length > 0;
  const { counts: read, problems } = reading;
  return { record, adapter, known, recipe, trainings, trials, dataset, episodes, scaffolds, read, problems };
}

/** Recipe, trials and trainings of an adapter: the quick part of `adapterOrigin`, without data and episodes. */
export async function adapterMaking(
  reading: Reading,
  record: Hash,
  adapter: AdapterRecord,
): Promise<Pick<AdapterOrigin, "recipe" | "trials" | "trainings">> {
  return { recipe: await recipeOf(reading, adapter), ...(await makingOf(reading, record, adapter)) };
}

async function recipeOf(reading: Reading, { parents, base }: AdapterRecord): Promise<AdapterOrigin["recipe"]> {
  const hash = parents?.recipe;
  if (hash === undefined) return undefined;
  const record = await reading.record(hash, "the recipe", "automem.recipe/1");
  if (record === undefined) return undefined;
  const sameBase = record.base.digest === undefined || base.digest === undefined || record.base.digest === base.digest;
  reading.expect(sameBase, `recipe ${hash} is for weights ${record.base.digest}, the adapter for ${base.digest}`);
  reading.expect(
    record.dataset === parents?.dataset,
    `recipe ${hash} names dataset ${record.dataset}, not the adapter's`,
  );
  return { hash, record, fields: recipeFields(record.recipe) };
}

/** Every field of a recipe, in the schema's order. */
export function recipeFields(recipe: Recipe): RecipeField[] {
  const defaults: Recipe = v.parse(Recipe, {});
  return (Object.keys(defaults) as (keyof Recipe)[]).map((field) =>
    recipe[field] === defaults[field]
      ? { field, value: recipe[field] }
      : { field, value: recipe[field], default: defaults[field] },
  );
}

async function makingOf(
  reading: Reading,
  record: Hash,
  adapter: AdapterRecord,
): Promise<{ trials: TrialOrigin[]; trainings: TrainingOrigin[] }> {
  const found = await trialsOf(reading.store, { record, adapter }, (problem) => reading.note(problem));
  const trainings = new Map<Hash, TrainingOrigin>();
  const trials: TrialOrigin[] = [];
  for (const { campaign, hash, trial, configuration } of found) {
    const tried = trial.configurations[configuration]!;
    await reading.record(hash, `trial ${trial.key} of ${campaign}`, "automem.trial/1");
    await reading.record(trial.campaign, `campaign ${campaign}`, "automem.train-campaign/1");
    const place = `trial ${trial.key} of ${campaign}`;
    const fits = adapter.parents?.dataset === undefined || trial.dataset === adapter.parents.dataset;
    reading.expect(fits, `${place} was made with dataset ${trial.dataset}, not with the adapter's`);
    const { key, round, outcome, why, best } = trial;
    const { selectMean } = tried;
    const at = { configuration: configuration + 1, best: best === configuration };
    trials.push({ campaign, hash, key, round, ...at, outcome, why, selectMean });
    if (tried.training === undefined || trainings.has(tried.training)) continue;
    const training = await trainingOf(reading, tried.training);
    if (training === undefined) continue;
    trainings.set(tried.training, training);
    const { recipe } = training.record;
    const sameRecipe = adapter.parents?.recipe === undefined || recipe === adapter.parents.recipe;
    reading.expect(sameRecipe, `training ${tried.training} followed recipe ${recipe}, not the adapter's`);
  }
  return { trials, trainings: [...trainings.values()] };
}

/** With its losses, which are a blob. */
export async function trainingOf(reading: Reading, hash: Hash): Promise<TrainingOrigin | undefined> {
  const record = await reading.record(hash, "the training", "automem.training/1");
  if (record === undefined) return undefined;
  const losses = await readLosses(reading, record);
  reading.expect(
    losses.length === record.steps,
    `training ${hash} has ${losses.length} losses for ${record.steps} steps`,
  );
  return { hash, record, firstLoss: losses[0], lastLoss: losses.at(-1) };
}

/** Of each step, in order; empty where they cannot be read, which is noted. */
export async function readLosses(reading: Reading, { losses }: TrainingRecord): Promise<number[]> {
  const text = await reading.text(losses, "the losses");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.array(v.number())), text ?? "[]");
  if (parsed.success) return parsed.output;
  reading.note(`the losses ${losses} are no list of numbers`);
  return [];
}

async function datasetOf(
  app: App,
  reading: Reading,
  hash: Hash,
  { onProgress, signal }: WhyOptions,
): Promise<DatasetOrigin | undefined> {
  const { store } = reading;
  const record = await reading.record(hash, "the dataset", "automem.dataset/1");
  if (record === undefined) return undefined;
  const criteria = await reading.text(record.criteria, "what the selector looked for");
  const read = await reading.try("the dataset's lines", async () => ({
    items: await datasetItems(store, { hash, record }),
    setAside: await setAsideTurns(store, { hash, record }),
    train: await datasetExamples(store, { hash, record }, "train"),
    validation: await datasetExamples(store, { hash, record }, "validation"),
  }));
  if (read === undefined) return undefined;
  for (const blob of [record.items, record.setAside, record.train.blob, record.validation.blob]) {
    await reading.blob(blob, "the dataset's lines");
  }
  const { items, setAside, train, validation } = read;
  const lines = { train, validation };
  const check = await checkAll(app, reading, record, { items, lines, onProgress, signal });
  for (const { item, problem } of check.unequal) reading.note(`item ${item}: ${problem}`);
  for (const line of check.strayLines) reading.note(line);
  const stats = datasetStats({ record, items, setAside, examples: [...train, ...validation] });
  return { hash, record, criteria, stats, items, check };
}

async function checkAll(
  app: App,
  { store }: Reading,
  { game, episodes }: DatasetRecord,
  given: Pick<Parameters<typeof checkItems>[0], "items" | "lines" | "signal"> & Pick<WhyOptions, "onProgress">,
): Promise<ItemsCheck> {
  const seeds = await trainingSeeds(game);
  const { items, lines, onProgress, signal } = given;
  const foreign = items.findIndex(({ episode }) => !episodes.includes(episode));
  const check = await checkItems({
    items,
    lines,
    source: episodeSource(await app.store(), game),
    admit: async (episode) => seeds.admit(episode, await store.records.get(episode, "automem.episode/1")),
    onEpisode: (done, of) => onProgress?.(`compared the items of ${done} of ${of} episodes`),
    signal,
  });
  if (foreign >= 0 && !check.unequal.some(({ item }) => item === foreign)) {
    check.unequal.push({ item: foreign, problem: "its episode is none of the dataset's" });
    check.equal -= 1;
  }
  return check;
}

async function episodesOf(reading: Reading, dataset: DatasetOrigin | undefined): Promise<EpisodeOrigin[]> {
  if (dataset === undefined) return [];
  const played: { record: Hash; episode: EpisodeRecord }[] = [];
  for (const hash of dataset.record.episodes) {
    const episode = await reading.record(hash, `episode ${hash}`, "automem.episode/1");
    if (episode === undefined) continue;
    for (const { blob } of episode.trace) await reading.blob(blob, `the trace of episode ${hash}`);
    played.push({ record: hash, episode });
  }
  const places = await placesOf(
    reading.store,
    played.map(({ record, episode: { task, seed } }) => ({ record, task, seed })),
  );
  return played.map(({ record, episode: { task, seed, end, scaffold } }) => ({
    hash: record,
    task,
    seed,
    steps: end.steps,
    progress: end.progress,
    scaffold,
    items: dataset.items.filter(({ episode }) => episode === record).length,
    places: places.get(record) ?? [],
  }));
}
