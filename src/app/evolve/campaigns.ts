/** The campaigns of `evolve` in the store, for `list` and `show`. Reads; changes nothing. */
import * as v from "valibot";
import { compareEpisodes } from "../../campaign/contest.ts";
import { keptPackage } from "../../campaign/kept-scaffold.ts";
import { Spending, Spent } from "../../campaign/spending.ts";
import type { CampaignRecord, RevisionRecord, VerdictRecord } from "../../core/campaign.ts";
import { ConfigError } from "../../core/errors.ts";
import { Hash } from "../../core/hash.ts";
import { ReviewEnd } from "../../evolve/campaign/review.ts";
import { EvolveSettings } from "../../evolve/settings.ts";
import { wholeMean } from "../../metrics/whole-mean.ts";
import type { CampaignLogView } from "../../store/campaign-log.ts";
import type { OpenCampaign } from "../../store/campaigns.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";
import { campaignState } from "../campaign-state.ts";
import { otherReportOpenings } from "../report-openings.ts";
import { describePackage, packageDifference, type ScaffoldDifference } from "../scaffold-diff.ts";
import { type DescribedPackage, scaffoldDifference } from "../scaffold-difference.ts";

/** A campaign of `evolve`. */
export type EvolveCampaign = OpenCampaign<CampaignRecord>;

/** A review and what came of it. */
export interface CampaignNode {
  key: string;
  /** 0 for a fresh attempt, more for its continuations. */
  depth: number;
  /** Name of the structural change; absent if the review gave no revision. */
  change: string | undefined;
  /** Of the verdict, or why there is no revision. */
  outcome: string;
  reason: string;
  selectMean: number | undefined;
  incumbentSelectMean: number | undefined;
  /** What it did better on the confirm seeds, with its interval; absent where it did not come so far. */
  confirm: { estimate: number | undefined; interval: readonly [number, number] | undefined; pairs: number } | undefined;
  revision: Hash | undefined;
  scaffold: Hash | undefined;
  /** The verdict's record; absent while it is not judged. */
  verdict: Hash | undefined;
}

export interface CampaignReport {
  start: number | undefined;
  final: number | undefined;
  difference: number | undefined;
  low: number | undefined;
  high: number | undefined;
  pairs: number;
  /** Other campaigns and runs of this store that opened report seeds of the game: what is chosen by many looks is not a sealed figure any more. */
  otherOpenings: number;
}

export interface CampaignOverview {
  id: string;
  created: string;
  commandLine: readonly string[];
  record: CampaignRecord;
  settings: EvolveSettings;
  heldBy: number | undefined;
  start: { label: string; hash: Hash; selectMean: number | undefined };
  nodes: CampaignNode[];
  /** Keys of the accepted revisions, in order. */
  accepted: string[];
  /** See `campaignState`. */
  state: string;
  /** The best scaffold so far. */
  best: Hash;
  report: CampaignReport | undefined;
  spent: Spent;
}

export interface RevisionView {
  node: CampaignNode;
  revision: RevisionRecord;
  analysis: string;
  method: string;
  difference: ScaffoldDifference;
}

export function isEvolve(campaign: OpenCampaign): campaign is EvolveCampaign {
  return campaign.record.loop === "evolve";
}

/** What came of a campaign so far; unlike an overview it reads nothing of others. */
export interface CampaignOutcome {
  log: CampaignLogView;
  nodes: CampaignNode[];
  accepted: CampaignNode[];
  heldBy: number | undefined;
  state: string;
  report: Omit<CampaignReport, "otherOpenings"> | undefined;
}

export async function campaignOutcome(store: Store, { id }: EvolveCampaign): Promise<CampaignOutcome> {
  const log = await store.campaigns.viewLog(id);
  const nodes = await nodesOf(store, log);
  const end = await log.get("end", v.object({ record: Hash }));
  const ended = end && (await store.records.get(end.record, "automem.campaign-end/1"));
  const heldBy = store.campaigns.holder(id)?.pid;
  return {
    ...{ log, nodes, heldBy },
    accepted: nodes.filter(({ outcome }) => outcome === "accepted"),
    state: campaignState(ended?.reason, heldBy),
    report: ended?.report && (await reportOf(store, ended.report)),
  };
}

export async function campaignOverview(app: App, campaign: EvolveCampaign): Promise<CampaignOverview> {
  const store = await app.store();
  const { id, file, record } = campaign;
  const { log, nodes, accepted, heldBy, state, report } = await campaignOutcome(store, campaign);
  const scaffold = await store.records.get(record.scaffold, "automem.scaffold-record/1");
  return {
    id,
    created: file.created,
    commandLine: file.commandLine,
    record,
    settings: v.parse(EvolveSettings, record.settings),
    heldBy,
    start: {
      label: `${scaffold.manifest.name} ${scaffold.manifest.version}`,
      hash: record.scaffold,
      selectMean: await startMean(log, record.scaffold),
    },
    nodes,
    accepted: accepted.map(({ key }) => key),
    state,
    best: accepted.at(-1)?.scaffold ?? record.scaffold,
    report: report && { ...report, otherOpenings: await otherReportOpenings(store, campaign) },
    spent: await spentIn(log),
  };
}

/** Throws `ConfigError` `no-such-revision` with the choices. */
export async function revisionView(app: App, campaign: EvolveCampaign, key: string): Promise<RevisionView> {
  const store = await app.store();
  const { nodes } = await campaignOverview(app, campaign);
  const node = nodes.find((one) => one.key === key);
  if (node?.revision === undefined) {
    const keys = nodes.flatMap((one) => (one.revision === undefined ? [] : [one.key]));
    throw new ConfigError(
      `Campaign ${campaign.id} has no revision "${key}". ${keys.length === 0 ? "It has none yet." : `It has ${keys.join(", ")}.`}`,
      { code: "no-such-revision" },
    );
  }
  const revision = await store.records.get(node.revision, "automem.revision/1");
  return {
    node,
    revision,
    analysis: await store.blobs.getText(revision.analysis),
    method: await store.blobs.getText(revision.method),
    difference: await packageDifference(
      await keptPackage(store, revision.parent),
      await keptPackage(store, revision.scaffold),
    ),
  };
}

/**
 * What changed between two of a campaign's scaffolds. Each is named by the key of its revision; `start` is the one it began with.
 * Throws `ConfigError` `no-such-revision` with the choices.
 */
export async function scaffoldsBetween(
  app: App,
  campaign: EvolveCampaign,
  from: string,
  to: string,
): Promise<ScaffoldDifference> {
  const { nodes } = await campaignOverview(app, campaign);
  const described = (key: string) => describedScaffold(app, campaign, nodes, key);
  return scaffoldDifference(await described(from), await described(to));
}

/** One of a campaign's scaffolds, named as in `scaffoldsBetween`, of the nodes of its overview. Throws likewise. */
export async function describedScaffold(
  app: App,
  campaign: EvolveCampaign,
  nodes: readonly CampaignNode[],
  key: string,
): Promise<DescribedPackage> {
  const scaffold = key === "start" ? campaign.record.scaffold : nodes.find((node) => node.key === key)?.scaffold;
  if (scaffold !== undefined) return describePackage(await keptPackage(await app.store(), scaffold));
  const keys = nodes.flatMap((node) => (node.scaffold === undefined ? [] : [node.key]));
  throw new ConfigError(`Campaign ${campaign.id} has no scaffold "${key}". It has ${["start", ...keys].join(", ")}.`, {
    code: "no-such-revision",
  });
}

async function nodesOf(store: Store, log: CampaignLogView): Promise<CampaignNode[]> {
  const nodes: CampaignNode[] = [];
  for (const name of namesIn(log, /^review\/[^/]+$/)) {
    const key = name.slice("review/".length);
    const end = await log.get(name, ReviewEnd);
    const common = { key, depth: Number(/c(\d+)$/.exec(key)?.[1] ?? 0) };
    const nothing = { selectMean: undefined, incumbentSelectMean: undefined, confirm: undefined, verdict: undefined };
    if (end === undefined || end.kind === "none") {
      const said = { outcome: end?.code ?? "", reason: end?.reason ?? "" };
      nodes.push({ ...common, ...nothing, ...said, change: undefined, revision: undefined, scaffold: undefined });
      continue;
    }
    const revision = await store.records.get(end.revision, "automem.revision/1");
    const made = { change: revision.structuralChange.name, revision: end.revision, scaffold: revision.scaffold };
    const judged = await log.get(`verdict/${key}`, v.object({ record: Hash }));
    if (judged === undefined) {
      nodes.push({ ...common, ...nothing, ...made, outcome: "being judged", reason: "" });
      continue;
    }
    const verdict = await store.records.get(judged.record, "automem.verdict/1");
    nodes.push({
      ...common,
      ...made,
      outcome: verdict.outcome,
      reason: verdict.reason,
      selectMean: await evaluationMean(store, verdict.select.candidate),
      incumbentSelectMean: await evaluationMean(store, verdict.select.incumbent),
      confirm: confirmOf(verdict),
      verdict: judged.record,
    });
  }
  return nodes;
}

/** What of a gate's figures is shown; the verdict has them whole. */
const GateShown = v.object({
  estimate: v.optional(v.number()),
  interval: v.optional(v.tuple([v.number(), v.number()])),
  pairsUsed: v.optional(v.number(), 0),
});

function confirmOf({ gate }: VerdictRecord): CampaignNode["confirm"] {
  const read = v.safeParse(GateShown, gate);
  if (!read.success) return undefined;
  const { estimate, interval, pairsUsed } = read.output;
  return { estimate, interval, pairs: pairsUsed };
}

async function evaluationMean(store: Store, hash: Hash): Promise<number | undefined> {
  return meanProgress((await store.records.get(hash, "automem.evaluation/1")).episodes);
}

function meanProgress(episodes: readonly { progress?: number | undefined }[]): number | undefined {
  return wholeMean(episodes.map(({ progress }) => progress));
}

const PlayedEpisodes = v.object({ episodes: v.array(v.object({ progress: v.optional(v.number()) })) });

async function startMean(log: CampaignLogView, scaffold: Hash): Promise<number | undefined> {
  const [name] = namesIn(log, new RegExp(`^play/select/${scaffold.slice(0, 16)}/[^/]+$`));
  const played = name === undefined ? undefined : await log.get(name, PlayedEpisodes);
  return played && meanProgress(played.episodes);
}

async function spentIn(log: CampaignLogView): Promise<Spent> {
  const spending = new Spending({});
  for (const name of namesIn(log, /^(review\/[^/]+|play\/[^/]+\/[^/]+\/[^/]+)$/)) {
    const kept = await log.get(name, v.object({ spent: Spent }));
    if (kept !== undefined) spending.add(kept.spent);
  }
  return spending.total();
}

function namesIn(log: CampaignLogView, pattern: RegExp): string[] {
  return log.names().filter((name) => pattern.test(name));
}

async function reportOf(
  store: Store,
  { start, final }: { start: Hash; final: Hash },
): Promise<Omit<CampaignReport, "otherOpenings">> {
  const before = (await store.records.get(start, "automem.evaluation/1")).episodes;
  const after = (await store.records.get(final, "automem.evaluation/1")).episodes;
  const { mean, low, high, pairs: finished } = compareEpisodes(after, before);
  return { start: meanProgress(before), final: meanProgress(after), difference: mean, low, high, pairs: finished };
}
