/** Judges a revision of `evolve` again: the gate over the recorded evaluations, after all the looks before it. */
import * as v from "valibot";
import { createGate } from "../../campaign/gate/gate.ts";
import type { CampaignRecord, VerdictRecord } from "../../core/campaign.ts";
import type { Hash } from "../../core/hash.ts";
import { EvolveSettings } from "../../evolve/settings.ts";
import { type Books, countLook } from "./books.ts";
import { confirmAgain, gateCheck, outcomeOf, type RecordedPair, screenAgain, screenCheck } from "./gate-checks.ts";
import { evaluationChecks } from "./played.ts";
import { compared, type FieldCheck, type Reproduction, reproduction } from "./report.ts";
import type { Workshop } from "./workshop.ts";

/** `books` are as before this verdict, and move on. A verdict that cannot be judged leaves them as they were. */
export async function verdictAgain(
  shop: Workshop,
  campaign: CampaignRecord,
  hash: Hash,
  books: Books,
): Promise<Reproduction> {
  let title = hash.slice(0, 12);
  const checks = await shop.attempt("verdict", async () => {
    const verdict = await shop.store.records.get(hash, "automem.verdict/1");
    const revision = await shop.store.records.get(verdict.revision, "automem.revision/1");
    title = `${revision.key}, ${verdict.outcome}`;
    return judge(shop, campaign, verdict, revision.scaffold, books);
  });
  return reproduction({ record: hash, kind: "verdict", title }, checks);
}

async function judge(
  shop: Workshop,
  campaign: CampaignRecord,
  verdict: VerdictRecord,
  scaffold: Hash,
  books: Books,
): Promise<FieldCheck[]> {
  const gate = createGate(v.parse(EvolveSettings, campaign.settings).gate);
  const select = await pairOf(shop, verdict.select);
  const confirm = verdict.confirm && (await pairOf(shop, verdict.confirm));
  const { looksBefore } = books.soFar;
  const checks = [
    ...(await evaluationChecks(shop, select.candidate)),
    ...(await evaluationChecks(shop, select.incumbent)),
    ...(confirm === undefined ? [] : await evaluationChecks(shop, confirm.candidate)),
    ...(confirm === undefined ? [] : await evaluationChecks(shop, confirm.incumbent)),
    compared("incumbent", verdict.incumbent, books.incumbent),
    compared(
      "who was evaluated",
      playersOf(select, confirm),
      playersSaid(scaffold, verdict.incumbent, confirm),
      "as named",
    ),
  ];
  const screening = screenAgain(gate, select.candidate.episodes, select.incumbent.episodes);
  checks.push(screenCheck(verdict.screen, screening));
  const confirmed = confirm && confirmAgain(gate, confirm, books.soFar);
  if (confirm !== undefined) checks.push(gateCheck(verdict.gate, confirmed, `gate, look ${looksBefore + 1}`));
  const outcome = outcomeOf(screening, confirmed);
  checks.push(compared("outcome", verdict.outcome, outcome));
  checks.push(compared("reason", verdict.reason, confirmed?.reason ?? screening.reason));
  if (confirmed !== undefined) countLook(books, confirmed);
  if (outcome === "accepted") books.incumbent = scaffold;
  return checks;
}

async function pairOf({ store }: Workshop, named: { candidate: Hash; incumbent: Hash }): Promise<RecordedPair> {
  return {
    candidate: await store.records.get(named.candidate, "automem.evaluation/1"),
    incumbent: await store.records.get(named.incumbent, "automem.evaluation/1"),
  };
}

function playersOf(select: RecordedPair, confirm: RecordedPair | undefined): Hash[] {
  return [select, confirm].flatMap((pair) => (pair ? [pair.candidate.scaffold, pair.incumbent.scaffold] : []));
}

function playersSaid(scaffold: Hash, incumbent: Hash, confirm: RecordedPair | undefined): Hash[] {
  return confirm === undefined ? [scaffold, incumbent] : [scaffold, incumbent, scaffold, incumbent];
}
