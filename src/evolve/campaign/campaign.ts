/**
 * Loop 1 of arXiv 2607.01224: reviews, attempts, continuations, verdicts, until the revisions are done or the reviewer has nothing left to
 * try. The campaign runs from its start each time; what its log keeps is not done again, so `resume` is the same call.
 */
import * as v from "valibot";
import { Arena, type ArenaParts, type EvaluatedEpisode, type Player } from "../../campaign/arena.ts";
import { checkConfirmSeeds } from "../../campaign/confirm-seeds.ts";
import { compareEpisodes, keepBoth } from "../../campaign/contest.ts";
import { type CampaignSoFar, createGate } from "../../campaign/gate/gate.ts";
import { keptScaffold } from "../../campaign/kept-scaffold.ts";
import type { ReviewableEpisode, SeedPlan } from "../../campaign/seed-plan.ts";
import type { Spent } from "../../campaign/spending.ts";
import type { CampaignEndRecord, CampaignRecord, RevisionRecord } from "../../core/campaign.ts";
import { Hash } from "../../core/hash.ts";
import { plainJson } from "../../core/json.ts";
import type { RunDependencies } from "../../run/dependencies.ts";
import type { RunEvent } from "../../run/events.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import type { CampaignLog } from "../../store/campaign-log.ts";
import type { TriedRevision } from "../tried-revision.ts";
import { type Judgement, judgeRevision } from "./judge-revision.ts";
import { type ReviewParts, review } from "./review.ts";

export interface CampaignParts
  extends Omit<ReviewParts, "campaign" | "log">,
    Omit<ArenaParts, "log" | "settings" | "plan"> {
  /** Dependencies of a run with that scaffold. */
  runWith(scaffold: LoadedScaffold): Promise<RunDependencies>;
  campaignId: string;
  record: CampaignRecord;
  recordHash: Hash;
  log: CampaignLog;
  plan: SeedPlan;
  start: LoadedScaffold;
}

export interface CampaignOutcome {
  campaignId: string;
  end: CampaignEndRecord;
  spent: Spent;
}

/** What the loop knows as it goes. */
interface Progress {
  incumbent: LoadedScaffold;
  history: TriedRevision[];
  verdicts: Hash[];
  withoutRevision: { key: string; code: string; reason: string }[];
  soFar: Required<CampaignSoFar>;
  exhausted: boolean;
}

/** An attempt whose revision was judged and not accepted. */
type FailedAttempt = NonNullable<Parameters<typeof review>[1]["failed"]>;

/**
 * Throws `CampaignStopped` and `CampaignBudgetSpent` with everything kept, `ConfigError` `too-few-seeds`, and what reviewer, games and store
 * throw.
 */
export async function runCampaign(parts: CampaignParts): Promise<CampaignOutcome> {
  const { settings, log, spending, campaignId } = parts;
  checkConfirmSeeds(settings.gate, parts.plan);
  const arena = new Arena(parts);
  const progress: Progress = {
    incumbent: parts.start,
    history: [],
    verdicts: [],
    withoutRevision: [],
    soFar: { looksBefore: 0, acceptedBefore: 0, errorSpent: 0 },
    exhausted: false,
  };
  parts.tell({ kind: "phase-start", phase: "baseline", key: "" });
  const onEvent = (event: RunEvent) => parts.tell({ kind: "play", phase: "baseline", key: "", event });
  await arena.play(playerOf(parts, parts.start), "select", parts.plan.select, onEvent);
  for (let revision = 1; revision <= settings.revisions && !progress.exhausted; revision++) {
    await seekRevision(parts, arena, progress, revision);
  }
  const report = await reportOf(parts, arena, progress);
  const { record } = await log.once("end", v.strictObject({ record: Hash }), async () => ({
    record: await parts.store.records.put<"automem.campaign-end/1">({
      schema: "automem.campaign-end/1",
      campaign: parts.recordHash,
      verdicts: progress.verdicts,
      withoutRevision: progress.withoutRevision,
      scaffold: progress.incumbent.hash,
      reason: progress.exhausted ? "reviewer-exhausted" : "all-revisions-done",
      report,
    }),
  }));
  const end = await parts.store.records.get(record, "automem.campaign-end/1");
  parts.tell({ kind: "campaign-end", end: record, reason: end.reason });
  return { campaignId, end, spent: spending.total() };
}

/** Up to the first accepted attempt. */
async function seekRevision(parts: CampaignParts, arena: Arena, progress: Progress, revision: number): Promise<void> {
  const { settings } = parts;
  for (let attempt = 1; attempt <= settings.attempts; attempt++) {
    let failed: FailedAttempt | undefined;
    for (let continuation = 0; continuation <= settings.continuations; continuation++) {
      const key = `r${revision}a${attempt}c${continuation}`;
      const outcome = await tryRevision(parts, arena, progress, key, failed);
      if (outcome === "accepted") return;
      if (outcome === "none") break;
      failed = outcome;
    }
    if (progress.exhausted) return;
  }
}

async function tryRevision(
  parts: CampaignParts,
  arena: Arena,
  progress: Progress,
  key: string,
  failed: FailedAttempt | undefined,
): Promise<"accepted" | "none" | FailedAttempt> {
  const { store, plan, tell } = parts;
  const { incumbent, history } = progress;
  const shown = async (episodes: readonly EvaluatedEpisode[]) => reviewable(parts, episodes);
  const silent = () => undefined;
  const incumbentEpisodes = await shown(await arena.play(playerOf(parts, incumbent), "select", plan.select, silent));
  tell({ kind: "phase-start", phase: "review", key });
  const campaign = parts.recordHash;
  const end = await review(
    { ...parts, campaign },
    { key, incumbent, incumbentEpisodes, failed, history: [...history] },
  );
  if (end.kind === "none") {
    tell({ kind: "review-end", key, change: undefined, reason: end.reason });
    progress.withoutRevision.push({ key, code: end.code, reason: end.reason });
    if (end.code === "exhausted") progress.exhausted = true;
    return "none";
  }
  const revision = await store.records.get(end.revision, "automem.revision/1");
  tell({ kind: "review-end", key, change: revision.structuralChange, reason: "" });
  const candidate = await keptScaffold(store, revision.scaffold);
  const gate = createGate(parts.settings.gate);
  const incumbentTake = incumbent.hash === parts.start.hash ? 0 : 1;
  const contest = { key, revision: end.revision, candidate, incumbent, incumbentTake };
  const judged = await judgeRevision(
    { arena, gate, plan, store, campaign, playerOf: (scaffold: LoadedScaffold) => playerOf(parts, scaffold), tell },
    contest,
    progress.soFar,
  );
  await parts.log.once(`verdict/${key}`, v.strictObject({ record: Hash }), async () => ({ record: judged.record }));
  progress.verdicts.push(judged.record);
  countLook(progress, judged);
  const tried = await triedRevision(parts, revision, judged);
  history.push(tried);
  if (judged.outcome === "accepted") {
    accept(parts, progress, candidate, key);
    return "accepted";
  }
  return { revision: tried, scaffold: candidate, episodes: await shown(judged.candidateSelect) };
}

function countLook({ soFar }: Progress, { gate, outcome }: Judgement): void {
  if (gate === undefined) return;
  soFar.looksBefore += 1;
  if (outcome === "accepted") soFar.acceptedBefore += 1;
  else soFar.errorSpent += gate.level;
}

/** The best scaffold moves on, under names that people can use. */
function accept(
  { store, campaignId }: CampaignParts,
  progress: Progress,
  candidate: LoadedScaffold,
  key: string,
): void {
  for (const name of [`scaffold/${campaignId}/${key}`, `scaffold/${campaignId}/best`]) {
    const present = store.refs.get(name);
    if (
      present !== candidate.hash &&
      (name.endsWith(key) || present === undefined || present === progress.incumbent.hash)
    ) {
      store.refs.move(name, present, candidate.hash);
    }
  }
  progress.incumbent = candidate;
}

async function triedRevision(
  { store }: CampaignParts,
  revision: RevisionRecord,
  judged: Judgement,
): Promise<TriedRevision> {
  return {
    key: revision.key,
    parent: revision.parent,
    scaffold: revision.scaffold,
    structuralChange: revision.structuralChange,
    analysis: await store.blobs.getText(revision.analysis),
    method: await store.blobs.getText(revision.method),
    outcome: judged.outcome,
    reason: judged.toldToReviewers,
    selectMean: judged.selectMean,
    incumbentSelectMean: judged.incumbentSelectMean,
  };
}

async function reviewable(
  { store, plan }: CampaignParts,
  episodes: readonly EvaluatedEpisode[],
): Promise<ReviewableEpisode[]> {
  const shown: ReviewableEpisode[] = [];
  for (const { record } of episodes) {
    if (record !== undefined) shown.push(plan.reviewable(record, await store.records.get(record, "automem.episode/1")));
  }
  return shown;
}

/** Opens the report seeds, once, and says so in the log before. */
async function reportOf(parts: CampaignParts, arena: Arena, progress: Progress): Promise<CampaignEndRecord["report"]> {
  const { settings, plan, log, start, clock } = parts;
  const improved = progress.incumbent.hash !== start.hash;
  if (settings.report === "never" || (settings.report === "accepted" && !improved)) return undefined;
  await log.once("report/opened", v.strictObject({ at: v.string(), scaffolds: v.array(Hash) }), async () => ({
    at: new Date(clock.nowMs()).toISOString(),
    scaffolds: improved ? [start.hash, progress.incumbent.hash] : [start.hash],
  }));
  parts.tell({ kind: "phase-start", phase: "report", key: "" });
  const onEvent = (event: RunEvent) => parts.tell({ kind: "play", phase: "report", key: "", event });
  const played = {
    candidate: await arena.play(playerOf(parts, progress.incumbent), "report", plan.report, onEvent),
    incumbent: await arena.play(playerOf(parts, start), "report", plan.report, onEvent),
  };
  const both = { candidate: { scaffold: progress.incumbent.hash }, incumbent: { scaffold: start.hash } };
  const kept = await keepBoth(parts.store, both, "report", played);
  const comparison = compareEpisodes(played.candidate, played.incumbent);
  return { start: kept.incumbent, final: kept.candidate, comparison: plainJson(comparison) };
}

function playerOf({ runWith }: Pick<CampaignParts, "runWith">, scaffold: LoadedScaffold): Player {
  return { name: scaffold.hash, scaffold: scaffold.hash, dependencies: () => runWith(scaffold) };
}
