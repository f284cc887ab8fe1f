/**
 * One review, from evidence to a revision that passed check and replay, or to none. Everything paid for is in the campaign's log, so a review
 * that was interrupted goes on where it was; the evidence is written anew, the same bytes.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { CampaignStopped } from "../../campaign/arena.ts";
import { keepScaffold } from "../../campaign/kept-scaffold.ts";
import type { ReviewableEpisode } from "../../campaign/seed-plan.ts";
import { type Spending, Spent } from "../../campaign/spending.ts";
import { costOf } from "../../core/budget.ts";
import type { DurableLog } from "../../core/durable-log.ts";
import { ScaffoldError } from "../../core/errors.ts";
import { Hash } from "../../core/hash.ts";
import type { Clock } from "../../platform/clock.ts";
import { removeFolder } from "../../platform/remove-folder.ts";
import { type LoadedScaffold, loadScaffold } from "../../scaffold/load-scaffold.ts";
import type { PackageFiles } from "../../scaffold/package-files.ts";
import type { Store } from "../../store/store.ts";
import type { EvidenceFolder } from "../evidence/evidence-folder.ts";
import type { CheckFindings, Proposal, Reviewer, ReviewOutcome, ReviewSession } from "../reviewer/reviewer.ts";
import type { EvolveSettings } from "../settings.ts";
import type { TriedRevision } from "../tried-revision.ts";
import type { CampaignHappening } from "./events.ts";

/** What is reviewed. */
export interface ReviewRequest {
  key: string;
  incumbent: LoadedScaffold;
  incumbentEpisodes: readonly ReviewableEpisode[];
  /** In a continuation: the revision that failed, which is gone on from. */
  failed?: { revision: TriedRevision; scaffold: LoadedScaffold; episodes: readonly ReviewableEpisode[] } | undefined;
  history: readonly TriedRevision[];
}

/** What a campaign brings to its reviews. */
export interface ReviewParts {
  reviewer: Reviewer;
  settings: EvolveSettings;
  campaign: Hash;
  store: Store;
  log: DurableLog;
  clock: Clock;
  spending: Spending;
  /** A folder for this campaign's reviews; emptied as they end. */
  workFolder: string;
  signal: AbortSignal;
  tell: (happening: CampaignHappening) => void;
  writeEvidence(request: ReviewRequest, folder: string): Promise<EvidenceFolder>;
  check(files: PackageFiles, request: ReviewRequest): Promise<CheckFindings>;
  replay(files: PackageFiles, request: ReviewRequest): Promise<CheckFindings>;
  /** What is asked, as Markdown. */
  brief(request: ReviewRequest): string;
}

export const ReviewEnd = v.variant("kind", [
  v.strictObject({ kind: v.literal("revision"), revision: Hash, spent: Spent }),
  v.strictObject({ kind: v.literal("none"), code: v.string(), reason: v.string(), spent: Spent }),
]);
export type ReviewEnd = v.InferOutput<typeof ReviewEnd>;

/**
 * Throws `CampaignStopped` when it was stopped, and what the reviewer throws when it could not be asked: the review is then owed.
 */
export async function review(parts: ReviewParts, request: ReviewRequest): Promise<ReviewEnd> {
  const { log, spending, workFolder } = parts;
  const end = await log.once(`review/${request.key}`, ReviewEnd, async () => {
    spending.require(0);
    const folder = join(workFolder, request.key);
    await removeFolder(folder);
    await mkdir(join(folder, "scratch"), { recursive: true });
    try {
      return await reviewIn(parts, request, folder);
    } finally {
      await removeFolder(folder);
    }
  });
  spending.add(end.spent);
  return end;
}

async function reviewIn(parts: ReviewParts, request: ReviewRequest, folder: string): Promise<ReviewEnd> {
  const { reviewer, settings, clock, signal, tell } = parts;
  const startMs = clock.monotonicMs();
  const evidence = await parts.writeEvidence(request, join(folder, "evidence"));
  const start = request.failed?.scaffold ?? request.incumbent;
  const session = await reviewer.open({
    key: request.key,
    evidence,
    start: start.files,
    brief: parts.brief(request),
    history: request.history,
    check: (files) => parts.check(files, request),
    replay: (files) => parts.replay(files, request),
    log: named(parts.log, `review/${request.key}/`),
    scratch: join(folder, "scratch"),
    limits: { turns: settings.review.turns, seconds: settings.review.seconds, tokens: tokensLeft(parts) },
    signal,
    onProgress: (line) => tell({ kind: "review-progress", key: request.key, line }),
  });
  const spent = (): Spent => spentBy(session, settings, (clock.monotonicMs() - startMs) / 1000);
  try {
    let outcome: ReviewOutcome = await session.propose();
    for (let mend = 1; ; mend++) {
      stopIfAsked(signal);
      if (outcome.kind === "none") return { kind: "none", code: outcome.code, reason: outcome.reason, spent: spent() };
      const found = await judge(parts, request, outcome.proposal, mend);
      if ("scaffold" in found) {
        const revision = await keepRevision(parts, request, { ...found, session, mends: mend - 1 });
        return { kind: "revision", revision, spent: spent() };
      }
      if (mend > settings.review.mends) {
        const reason = `What was proposed did not pass after ${settings.review.mends} corrections: ${firstLine(found.problems)}`;
        return { kind: "none", code: "not-passed", reason, spent: spent() };
      }
      tell({ kind: "review-sent-back", key: request.key, mend, problems: found.problems });
      outcome = await session.mend(found.problems);
    }
  } finally {
    await session.close();
  }
}

/** The proposal as a scaffold, or what is wrong with it. The findings are kept, since they cost time. */
async function judge(
  parts: ReviewParts,
  request: ReviewRequest,
  proposal: Proposal,
  mend: number,
): Promise<{ scaffold: LoadedScaffold; proposal: Proposal } | { problems: string }> {
  const name = `review/${request.key}/findings/${mend}`;
  const findings = await parts.log.once(name, v.strictObject({ problems: v.optional(v.string()) }), async () => {
    const checked = await parts.check(proposal.files, request);
    if (!checked.passed) return { problems: checked.text };
    const repeated = await repeats(proposal.files, request);
    if (repeated !== undefined) return { problems: repeated };
    const replayed = await parts.replay(proposal.files, request);
    return replayed.passed ? {} : { problems: replayed.text };
  });
  if (findings.problems !== undefined) return { problems: findings.problems };
  return { scaffold: await loadScaffold(proposal.files), proposal };
}

async function repeats(files: PackageFiles, { incumbent, history }: ReviewRequest): Promise<string | undefined> {
  let hash: Hash;
  try {
    hash = (await loadScaffold(files)).hash;
  } catch (fault) {
    if (fault instanceof ScaffoldError) return fault.message;
    throw fault;
  }
  if (hash === incumbent.hash) return "The package is the one under review, unchanged. Change how memory works.";
  const before = history.find(({ scaffold }) => scaffold === hash);
  return (
    before &&
    `The package is that of revision ${before.key} to the byte, which was ${before.outcome}. Try something else.`
  );
}

async function keepRevision(
  { store, campaign }: ReviewParts,
  request: ReviewRequest,
  made: { scaffold: LoadedScaffold; proposal: Proposal; session: ReviewSession; mends: number },
): Promise<Hash> {
  const { scaffold, proposal, session, mends } = made;
  await keepScaffold(store, scaffold);
  const transcript = session.transcript().map((line) => `${JSON.stringify(line)}\n`);
  return store.records.put<"automem.revision/1">({
    schema: "automem.revision/1",
    campaign,
    key: request.key,
    parent: (request.failed?.scaffold ?? request.incumbent).hash,
    scaffold: scaffold.hash,
    structuralChange: proposal.structuralChange,
    analysis: await store.blobs.put(proposal.analysis),
    method: await store.blobs.put(proposal.method),
    transcript: await store.blobs.put(transcript.join("")),
    spent: session.spent(),
    mends,
  });
}

function spentBy(session: ReviewSession, settings: EvolveSettings, seconds: number): Spent {
  const usage = session.spent();
  const money = settings.reviewerPrices === undefined ? 0 : costOf(usage, settings.reviewerPrices);
  return { episodes: 0, tokens: usage.promptTokens + usage.generatedTokens, money, seconds };
}

function tokensLeft({ settings, spending }: ReviewParts): number | undefined {
  const left = [settings.review.tokens, spending.left()?.tokens].filter((tokens) => tokens !== undefined);
  return left.length === 0 ? undefined : Math.min(...left);
}

function named(log: DurableLog, prefix: string): DurableLog {
  return {
    once: (name, schema, work) => log.once(`${prefix}${name}`, schema, work),
    has: (name) => log.has(`${prefix}${name}`),
  };
}

function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new CampaignStopped("The campaign was stopped.", { code: "stopped", retryable: true });
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}
