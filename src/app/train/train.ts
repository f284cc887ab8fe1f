/** Starts and resumes campaigns of `train`: puts game, model, weights, scaffold, trainer, selector, decider and store together. */
import { join } from "node:path";
import * as v from "valibot";
import { keepScaffold, keptScaffold } from "../../campaign/kept-scaffold.ts";
import { SeedPlan } from "../../campaign/seed-plan.ts";
import type { CampaignBudget } from "../../campaign/settings.ts";
import { Spending } from "../../campaign/spending.ts";
import { ConfigError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/json.ts";
import type { TrainCampaignRecord, TrainerIdentity } from "../../core/trial.ts";
import { removeFolder } from "../../platform/remove-folder.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import { newRunId } from "../../store/run-id.ts";
import { checkTrainSeeds } from "../../train/campaign/collection.ts";
import type { TrainEvent, TrainHappening } from "../../train/campaign/events.ts";
import type { TrainParts } from "../../train/campaign/parts.ts";
import { runTrainCampaign, type TrainOutcome } from "../../train/campaign/train-campaign.ts";
import { TrainSettings } from "../../train/settings.ts";
import type { ActivityWriter } from "../activity/writer.ts";
import { adapterNamed } from "../adapters/adapters.ts";
import type { App } from "../app.ts";
import { refuseChanged, withCampaignLog } from "../campaign-work.ts";
import { scaffoldFor } from "../play.ts";
import { nameDataset } from "./datasets.ts";
import { episodeSource } from "./episode-source.ts";
import { type TrainForecast, trainForecast } from "./forecast.ts";
import { keepTrained } from "./keep-trained.ts";
import { gameOf, type OpenedTrain, withTrainOpened } from "./open-campaign.ts";
import { createStage } from "./stage.ts";
import { trainCampaignSeeds, trainingSeeds } from "./training-seeds.ts";
import { isTrain, type TrainCampaign } from "./trainings.ts";

export type { TrainEvent } from "../../train/campaign/events.ts";
export type { TrainOutcome } from "../../train/campaign/train-campaign.ts";
export type { TrainSettings } from "../../train/settings.ts";
export type { TrainForecast } from "./forecast.ts";

export interface TrainOptions {
  /** Kept with the campaign, for people. */
  commandLine: readonly string[];
  signal: AbortSignal;
  onEvent?: ((event: TrainEvent) => void) | undefined;
  /** What may matter to a campaign that goes on, and does not stop it. */
  onNote?: ((text: string) => void) | undefined;
}

/** What a campaign with these settings would cost at most; plays nothing. Throws as `train` does for what is missing. */
export async function trainForecastOf(app: App, settings: TrainSettings): Promise<TrainForecast> {
  await scaffoldFor(app, settings.play.game, settings.scaffold);
  await app.registry.need(settings.trainer);
  const { tasks } = await gameOf(app, settings);
  const plan = new SeedPlan(await trainCampaignSeeds(settings.play.game), settings.selectSeeds);
  checkTrainSeeds(settings, plan);
  return trainForecast(app, settings, tasks.length, plan.report.length);
}

/** Works through a new campaign. What is missing (plugin, model, weights, scaffold, seeds) is found out before anything is recorded. */
export async function train(app: App, said: TrainSettings, options: TrainOptions): Promise<TrainOutcome> {
  const start = await scaffoldFor(app, said.play.game, said.scaffold);
  const settings = await withWholeName(app, said);
  const plan = new SeedPlan(await trainCampaignSeeds(settings.play.game), settings.selectSeeds);
  checkTrainSeeds(settings, plan);
  const store = await app.store();
  return withTrainOpened(app, settings, async (opened) => {
    const trainer = await opened.trainer.identity();
    await keepScaffold(store, start);
    const record: TrainCampaignRecord = {
      schema: "automem.train-campaign/1",
      loop: "train",
      settings: JSON.parse(JSON.stringify({ ...settings, ...(settings.base && { base: opened.weights.path }) })),
      game: opened.game.identity,
      model: opened.model.identity,
      ...(settings.play.specialist !== undefined && { specialist: settings.play.specialist }),
      base: opened.weights.base,
      scaffold: start.hash,
      selector: opened.selectors.identity,
      decider: opened.decider.identity,
      trainer,
      tasks: [...opened.game.tasks],
      seeds: {
        train: [...plan.train],
        select: [...plan.select],
        confirm: [...plan.confirm],
        report: [...plan.report],
      },
      automemVersion: app.version,
    };
    const createdMs = app.clock.nowMs();
    const id = newRunId(`${settings.play.game}-train`, createdMs);
    const campaign = await store.campaigns.create({ id, record, createdMs, commandLine: options.commandLine });
    return work(app, campaign, { settings, start, plan, opened, resumed: false }, options);
  });
}

/**
 * Goes on with a campaign; `budget` in place of the one it was started with. Throws `ConfigError`: `unknown-campaign`, `campaign-changed`;
 * `StoreError` `run-held` while another process works on it.
 */
export async function resumeTrain(
  app: App,
  id: string,
  budget: CampaignBudget | undefined,
  options: TrainOptions,
): Promise<TrainOutcome> {
  const store = await app.store();
  const campaign = await store.campaigns.open(id);
  if (!isTrain(campaign)) throw new ConfigError(`Campaign ${id} is not one of train.`, { code: "unknown-campaign" });
  const recorded = v.parse(TrainSettings, campaign.record.settings);
  const settings = budget === undefined ? recorded : { ...recorded, budget };
  await app.registry.need(settings.play.game);
  const start = await keptScaffold(store, campaign.record.scaffold);
  const plan = await recordedPlan(campaign.record);
  return withTrainOpened(app, settings, async (opened) => {
    const trainer = await opened.trainer.identity();
    checkUnchanged(campaign, opened, trainer);
    noteOfPackages(campaign.record.trainer, trainer, options);
    return work(app, campaign, { settings, start, plan, opened, resumed: true }, options);
  });
}

/** The adapter to start from by its whole name, so that it is the same one for ever. Throws `ConfigError`: `unknown-adapter`. */
async function withWholeName(app: App, settings: TrainSettings): Promise<TrainSettings> {
  const { specialist } = settings.play;
  if (specialist === undefined) return settings;
  return { ...settings, play: { ...settings.play, specialist: (await adapterNamed(app, specialist)).adapter.name } };
}

/** The seeds as recorded, so that a campaign goes on with what it began with. */
async function recordedPlan({ seeds, game }: TrainCampaignRecord): Promise<SeedPlan> {
  const sets = await trainCampaignSeeds(game.name);
  const as = (purpose: keyof typeof seeds) => ({ ...sets[purpose], seeds: seeds[purpose] });
  return new SeedPlan(
    { train: as("train"), select: as("select"), confirm: as("confirm"), report: as("report") },
    seeds.select.length,
  );
}

function checkUnchanged({ id, record }: TrainCampaign, opened: OpenedTrain, trainer: TrainerIdentity): void {
  const { game, model, weights, selectors, decider } = opened;
  refuseChanged(id, [
    ["game", record.game.name, game.identity.name],
    ["game plugin", record.game.pluginHash, game.identity.pluginHash],
    ["tasks", record.tasks.join(", "), game.tasks.join(", ")],
    ["model", record.model.name, model.identity.name],
    ["model weights", record.model.digest, model.identity.digest],
    ["weights to train on", record.base.digest, weights.base.digest],
    ["selector", canonicalJson(record.selector), canonicalJson(selectors.identity)],
    ["decider", canonicalJson(record.decider), canonicalJson(decider.identity)],
    ["trainer", `${record.trainer.name} ${record.trainer.version}`, `${trainer.name} ${trainer.version}`],
  ]);
}

/** Other versions of a trainer's packages may round otherwise; each training's record has its own. */
function noteOfPackages(was: TrainerIdentity, is: TrainerIdentity, { onNote }: TrainOptions): void {
  const names = [...new Set([...Object.keys(was.packages), ...Object.keys(is.packages)])].sort();
  const changed = names.filter((name) => was.packages[name] !== is.packages[name]);
  if (changed.length === 0) return;
  const list = changed.map(
    (name) => `${name} was ${was.packages[name] ?? "absent"}, is ${is.packages[name] ?? "absent"}`,
  );
  onNote?.(`Packages of trainer ${is.name} are not those the campaign began with: ${list.join("; ")}.`);
}

interface Work {
  settings: TrainSettings;
  start: LoadedScaffold;
  plan: SeedPlan;
  opened: OpenedTrain;
  resumed: boolean;
}

function work(app: App, campaign: TrainCampaign, given: Work, options: TrainOptions): Promise<TrainOutcome> {
  return withCampaignLog(app, campaign.id, async (log, activity) => {
    const workFolder = join(app.home.folder, "work", campaign.id);
    const parts = await partsOf(app, campaign, given, options, { log, workFolder, activity });
    parts.tell({ kind: "campaign-start", resumed: given.resumed });
    const outcome = await runTrainCampaign(parts);
    await removeFolder(workFolder);
    return outcome;
  });
}

async function partsOf(
  app: App,
  { id, file, record }: TrainCampaign,
  { settings, start, plan, opened }: Work,
  { commandLine, signal, onEvent }: TrainOptions,
  { activity, ...files }: Pick<TrainParts, "log" | "workFolder"> & { activity: ActivityWriter },
): Promise<TrainParts> {
  const store = await app.store();
  const { model, weights, selectors, decider } = opened;
  const spending = new Spending(settings.budget);
  const trainer = () => opened.trainer.get();
  const cacheFolder = app.home.cache;
  // What serves it: an adapter that was trained on other weights of the same model is for these.
  const servedDigest = model.adapters?.baseDigest ?? model.identity.digest ?? weights.base.digest;
  return {
    ...files,
    campaignId: id,
    record,
    recordHash: file.campaign,
    settings,
    plan,
    tasks: record.tasks,
    store,
    clock: app.clock,
    spending,
    commandLine,
    signal,
    cacheFolder,
    basePath: weights.path,
    decider,
    selectorFor: selectors.selectorFor,
    source: episodeSource(store, settings.play.game),
    trainingSeeds: await trainingSeeds(settings.play.game),
    trainer,
    stage: createStage({
      ...{ app, model, settings, scaffold: start, basePath: weights.path, cacheFolder, trainer, signal },
    }),
    keepTrained: (trained, parents) =>
      keepTrained(store, trained, { model: model.identity.name, digest: servedDigest }, parents),
    nameDataset: (dataset) => nameDataset(store, dataset),
    tell: (happening: TrainHappening) => {
      activity.tell(happening);
      onEvent?.({ ...happening, campaignId: id, spent: spending.total() });
    },
  };
}
