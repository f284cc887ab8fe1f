/** Starts and resumes campaigns of `evolve`: puts game, model, scaffold, reviewer and store together. */
import { join } from "node:path";
import * as v from "valibot";
import { checkConfirmSeeds } from "../../campaign/confirm-seeds.ts";
import { keepScaffold, keptScaffold } from "../../campaign/kept-scaffold.ts";
import { SeedPlan } from "../../campaign/seed-plan.ts";
import type { CampaignBudget } from "../../campaign/settings.ts";
import { Spending } from "../../campaign/spending.ts";
import type { CampaignRecord } from "../../core/campaign.ts";
import { ConfigError } from "../../core/errors.ts";
import type { GameIdentity } from "../../core/game.ts";
import { canonicalJson } from "../../core/json.ts";
import { type CampaignOutcome, type CampaignParts, runCampaign } from "../../evolve/campaign/campaign.ts";
import type { CampaignEvent, CampaignHappening } from "../../evolve/campaign/events.ts";
import type { Reviewer } from "../../evolve/reviewer/reviewer.ts";
import { EvolveSettings } from "../../evolve/settings.ts";
import { openGame } from "../../plugins/open.ts";
import { specialistIdentity } from "../../run/run.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import { newRunId } from "../../store/run-id.ts";
import type { App } from "../app.ts";
import { refuseChanged, withCampaignLog } from "../campaign-work.ts";
import { type PlayModels, withPlayModels } from "../models.ts";
import { runDependencies, scaffoldFor } from "../play.ts";
import { campaignSeeds } from "./campaign-seeds.ts";
import { type EvolveCampaign, isEvolve } from "./campaigns.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { reviewParts } from "./review-parts.ts";
import { openReviewer } from "./reviewers.ts";

export type { CampaignOutcome } from "../../evolve/campaign/campaign.ts";
export type { CampaignEvent } from "../../evolve/campaign/events.ts";
export type { EvolveSettings } from "../../evolve/settings.ts";
export type { Forecast } from "./forecast.ts";

export interface EvolveOptions {
  /** Kept with the campaign, for people. */
  commandLine: readonly string[];
  signal: AbortSignal;
  onEvent?: ((event: CampaignEvent) => void) | undefined;
}

/** The concrete things that stay open while a campaign works. */
interface Opened {
  models: PlayModels;
  reviewer: Reviewer;
  game: { identity: GameIdentity; tasks: readonly string[] };
}

/** What a campaign with these settings would cost at most; plays nothing. Throws as `evolve` does for what is missing. */
export async function forecastOf(app: App, settings: EvolveSettings): Promise<Forecast> {
  await scaffoldFor(app, settings.play.game, settings.scaffold);
  const { tasks } = await gameOf(app, settings);
  const seeds = await campaignSeeds(settings.play.game);
  const plan = new SeedPlan(seeds, settings.selectSeeds);
  checkConfirmSeeds(settings.gate, plan);
  return forecast(app, settings, tasks.length, plan.report.length);
}

/** Plays a new campaign. What is missing (plugin, model, scaffold, reviewer) is found out before anything is recorded. */
export async function evolve(app: App, settings: EvolveSettings, options: EvolveOptions): Promise<CampaignOutcome> {
  const start = await scaffoldFor(app, settings.play.game, settings.scaffold);
  const plan = new SeedPlan(await campaignSeeds(settings.play.game), settings.selectSeeds);
  checkConfirmSeeds(settings.gate, plan);
  const store = await app.store();
  return withOpened(app, settings, async (opened) => {
    await keepScaffold(store, start);
    const record: CampaignRecord = {
      schema: "automem.campaign/1",
      loop: "evolve",
      settings: JSON.parse(JSON.stringify(settings)),
      game: opened.game.identity,
      model: opened.models.model.identity,
      ...(opened.models.specialist && { specialist: specialistIdentity(opened.models.specialist) }),
      reviewer: opened.reviewer.identity,
      scaffold: start.hash,
      tasks: [...opened.game.tasks],
      seeds: { select: [...plan.select], confirm: [...plan.confirm], report: [...plan.report] },
      automemVersion: app.version,
    };
    const createdMs = app.clock.nowMs();
    const id = newRunId(`${settings.play.game}-evolve`, createdMs);
    const campaign = await store.campaigns.create({ id, record, createdMs, commandLine: options.commandLine });
    return work(app, campaign, { settings, start, plan, opened, resumed: false }, options);
  });
}

/**
 * Goes on with a campaign; `budget` in place of the one it was started with. Throws `ConfigError`: `unknown-campaign`, `campaign-changed`;
 * `StoreError` `run-held` while another process works on it.
 */
export async function resumeCampaign(
  app: App,
  id: string,
  budget: CampaignBudget | undefined,
  options: EvolveOptions,
): Promise<CampaignOutcome> {
  const store = await app.store();
  const campaign = await store.campaigns.open(id);
  if (!isEvolve(campaign)) throw new ConfigError(`Campaign ${id} is not one of evolve.`, { code: "unknown-campaign" });
  const recorded = v.parse(EvolveSettings, campaign.record.settings);
  const settings = budget === undefined ? recorded : { ...recorded, budget };
  await app.registry.need(settings.play.game);
  const start = await keptScaffold(store, campaign.record.scaffold);
  const plan = recordedPlan(campaign.record, await campaignSeeds(settings.play.game));
  return withOpened(app, settings, (opened) => {
    checkUnchanged(campaign, opened);
    return work(app, campaign, { settings, start, plan, opened, resumed: true }, options);
  });
}

async function gameOf(app: App, { play }: EvolveSettings): Promise<Opened["game"]> {
  const game = await openGame(app.registry, play.game, { automemVersion: app.version, environment: app.environment });
  try {
    return { identity: game.identity, tasks: play.tasks ?? game.tasks.map(({ id }) => id) };
  } finally {
    await game.close();
  }
}

async function withOpened<Result>(
  app: App,
  settings: EvolveSettings,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const game = await gameOf(app, settings);
  return withPlayModels(app, settings.play, async (models) => {
    const reviewer = await openReviewer(app, settings);
    try {
      return await use({ game, models, reviewer });
    } finally {
      await reviewer.close();
    }
  });
}

/** The seeds as recorded, so that a campaign goes on with what it began with. */
function recordedPlan({ seeds }: CampaignRecord, sets: Awaited<ReturnType<typeof campaignSeeds>>): SeedPlan {
  const as = (purpose: "select" | "confirm" | "report") => ({ ...sets[purpose], seeds: seeds[purpose] });
  return new SeedPlan(
    { select: as("select"), confirm: as("confirm"), report: as("report"), train: sets.train },
    seeds.select.length,
  );
}

function checkUnchanged({ id, record }: EvolveCampaign, { game, models, reviewer }: Opened): void {
  const { model, specialist } = models;
  refuseChanged(id, [
    ["game", record.game.name, game.identity.name],
    ["game plugin", record.game.pluginHash, game.identity.pluginHash],
    ["tasks", record.tasks.join(", "), game.tasks.join(", ")],
    ["model", record.model.name, model.identity.name],
    ["model weights", record.model.digest, model.identity.digest],
    ["specialist", record.specialist?.model.name ?? "none", specialist?.model.identity.name ?? "none"],
    ["specialist weights", record.specialist?.model.digest, specialist?.model.identity.digest],
    ["adapter", record.specialist?.adapter, specialist?.adapter],
    ["reviewer", canonicalJson(record.reviewer), canonicalJson(reviewer.identity)],
  ]);
}

interface Work {
  settings: EvolveSettings;
  start: LoadedScaffold;
  plan: SeedPlan;
  opened: Opened;
  resumed: boolean;
}

async function work(app: App, campaign: EvolveCampaign, given: Work, options: EvolveOptions): Promise<CampaignOutcome> {
  const store = await app.store();
  const { settings, start, plan, opened, resumed } = given;
  return withCampaignLog(app, campaign.id, async (log, activity) => {
    const spending = new Spending(settings.budget);
    const tell = (happening: CampaignHappening) => {
      activity.tell(happening);
      options.onEvent?.({ ...happening, campaignId: campaign.id, spent: spending.total() });
    };
    tell({ kind: "campaign-start", resumed });
    const parts: CampaignParts = {
      campaignId: campaign.id,
      record: campaign.record,
      recordHash: campaign.file.campaign,
      settings,
      plan,
      tasks: campaign.record.tasks,
      store,
      log,
      clock: app.clock,
      spending,
      start,
      reviewer: opened.reviewer,
      commandLine: options.commandLine,
      workFolder: join(app.home.folder, "work", campaign.id),
      signal: options.signal,
      tell,
      runWith: (scaffold) =>
        runDependencies(app, settings.play.game, scaffold, opened.models, { signal: options.signal }),
      ...(await reviewParts(app, campaign.record)),
    };
    return runCampaign(parts);
  });
}
