/** The campaigns of `train` in the store, for `list` and `show`: the ledger and what came of it. Reads; changes nothing. */
import * as v from "valibot";
import { compareEpisodes } from "../../campaign/contest.ts";
import { Spending, Spent } from "../../campaign/spending.ts";
import { Hash } from "../../core/hash.ts";
import type { TrainCampaignRecord, TrainEndRecord } from "../../core/trial.ts";
import { wholeMean } from "../../metrics/whole-mean.ts";
import type { CampaignLogView } from "../../store/campaign-log.ts";
import type { OpenCampaign } from "../../store/campaigns.ts";
import type { Store } from "../../store/store.ts";
import { TrainSettings } from "../../train/settings.ts";
import type { App } from "../app.ts";
import { campaignState } from "../campaign-state.ts";
import { otherReportOpenings } from "../report-openings.ts";
import { type MemoryComparison, memoryComparison } from "./memory-comparison.ts";
import { type TrialRow, trialRow, trialUnderWay } from "./trial-row.ts";

export type { MemoryComparison } from "./memory-comparison.ts";
export type { ConfigurationRow, TestRow, TrialRow } from "./trial-row.ts";

/** A campaign of `train`. */
export type TrainCampaign = OpenCampaign<TrainCampaignRecord>;

export interface TrainReport {
  base: number | undefined;
  /** Absent where none was there to play. */
  specialist: number | undefined;
  difference: number | undefined;
  low: number | undefined;
  high: number | undefined;
  pairs: number;
  otherOpenings: number;
}

export interface TrainOverview {
  id: string;
  created: string;
  commandLine: readonly string[];
  record: TrainCampaignRecord;
  settings: TrainSettings;
  heldBy: number | undefined;
  /** Of the scaffold: name and version. */
  scaffold: string;
  trials: TrialRow[];
  /** Keys of the trials whose adapter was accepted, in order. */
  accepted: string[];
  /** See `campaignState`. */
  state: string;
  /** Name of the specialist so far: accepted here, or the one it began with; absent: the base alone. */
  adapter: Hash | undefined;
  /** Base alone and the last accepted specialist on the same seeds. */
  memory: MemoryComparison | undefined;
  report: TrainReport | undefined;
  spent: Spent;
}

export function isTrain(campaign: OpenCampaign): campaign is TrainCampaign {
  return campaign.record.loop === "train";
}

/** What came of a campaign so far; unlike an overview it reads nothing of others. */
export interface TrainOutcome {
  log: CampaignLogView;
  trials: TrialRow[];
  accepted: TrialRow[];
  heldBy: number | undefined;
  state: string;
  report: Omit<TrainReport, "otherOpenings"> | undefined;
}

export async function trainOutcome(store: Store, { id }: TrainCampaign): Promise<TrainOutcome> {
  const log = await store.campaigns.viewLog(id);
  const trials = await trialsOf(store, log);
  const end = await log.get("end", v.object({ record: Hash }));
  const ended = end && (await store.records.get(end.record, "automem.train-end/1"));
  const heldBy = store.campaigns.holder(id)?.pid;
  return {
    ...{ log, trials, heldBy },
    accepted: trials.filter(({ outcome }) => outcome === "accepted"),
    state: campaignState(ended?.reason, heldBy),
    report: ended?.report && (await reportOf(store, ended.report)),
  };
}

export async function trainOverview(app: App, campaign: TrainCampaign): Promise<TrainOverview> {
  const store = await app.store();
  const { id, file, record } = campaign;
  const { log, trials, accepted, heldBy, state, report } = await trainOutcome(store, campaign);
  const { manifest } = await store.records.get(record.scaffold, "automem.scaffold-record/1");
  return {
    id,
    created: file.created,
    commandLine: file.commandLine,
    record,
    settings: v.parse(TrainSettings, record.settings),
    heldBy,
    scaffold: `${manifest.name} ${manifest.version}`,
    trials,
    accepted: accepted.map(({ key }) => key),
    state,
    adapter: accepted.at(-1)?.adapter ?? record.specialist,
    memory: await memoryComparison(store, accepted.at(-1)),
    report: report && { ...report, otherOpenings: await otherReportOpenings(store, campaign) },
    spent: await spentIn(log),
  };
}

/** In order; the last may be under way. */
async function trialsOf(store: Store, log: CampaignLogView): Promise<TrialRow[]> {
  const rows: TrialRow[] = [];
  for (const name of log.names().filter((name) => /^decide\/t\d+$/.test(name))) {
    const key = name.slice("decide/".length);
    const kept = await log.get(`trial/${key}`, v.object({ record: Hash }));
    const before = rows.at(-1)?.configurations.at(0)?.recipe;
    if (kept !== undefined) rows.push(await trialRow(store, kept.record, before));
    else {
      const row = await trialUnderWay(store, log, key, before);
      if (row !== undefined) rows.push(row);
    }
  }
  return rows;
}

async function reportOf(
  store: Store,
  { base, specialist }: NonNullable<TrainEndRecord["report"]>,
): Promise<Omit<TrainReport, "otherOpenings">> {
  const before = (await store.records.get(base, "automem.evaluation/1")).episodes;
  const after = specialist === undefined ? [] : (await store.records.get(specialist, "automem.evaluation/1")).episodes;
  const { mean, low, high, pairs } = compareEpisodes(after, before);
  const meanOf = (episodes: typeof before) => wholeMean(episodes.map(({ progress }) => progress));
  return {
    base: meanOf(before),
    specialist: specialist === undefined ? undefined : meanOf(after),
    difference: mean,
    low,
    high,
    pairs,
  };
}

const Costs = v.object({ spent: v.optional(Spent), seconds: v.optional(v.number()) });

async function spentIn(log: CampaignLogView): Promise<Spent> {
  const spending = new Spending({});
  for (const name of log.names()) {
    const spent = await spentInLine(log, name);
    if (spent !== undefined) spending.add(spent);
  }
  return spending.total();
}

/** What a line of the log says that was spent; `undefined` for nothing. A selection's batches are counted with its dataset, once that is there. */
export async function spentInLine(log: CampaignLogView, name: string): Promise<Spent | undefined> {
  const batch = /^select\/(t\d+)\/(criteria|batch)/.exec(name);
  const paid =
    batch === null ? /^(play|decide|dataset|training|serving)\//.test(name) : !log.has(`dataset/${batch[1]}`);
  if (!paid) return undefined;
  const { spent, seconds = 0 } = (await log.get(name, Costs)) ?? {};
  return spent ?? { episodes: 0, tokens: 0, money: 0, seconds };
}
