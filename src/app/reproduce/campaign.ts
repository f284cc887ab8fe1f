/** Campaigns of either loop: every verdict or trial judged again, in order, and what the end says of them. */
import * as v from "valibot";
import { compareEpisodes } from "../../campaign/contest.ts";
import type { CampaignEndRecord, CampaignRecord } from "../../core/campaign.ts";
import { Hash } from "../../core/hash.ts";
import { plainJson } from "../../core/json.ts";
import type { TrainCampaignRecord, TrainEndRecord } from "../../core/trial.ts";
import type { OpenCampaign } from "../../store/campaigns.ts";
import { type Books, freshBooks } from "./books.ts";
import { evaluationChecks } from "./played.ts";
import { compared, type FieldCheck, notDoneAgain, type Reproduction, remark, reproduction } from "./report.ts";
import { trialAgain } from "./trial.ts";
import { verdictAgain } from "./verdict.ts";
import type { Workshop } from "./workshop.ts";

/** A campaign that was found in this store. */
interface Walk {
  campaign: OpenCampaign;
  /** Verdicts or trials in the order judged. */
  judged: { key: string; hash: Hash }[];
  end: Hash | undefined;
}

const Named = v.looseObject({ record: Hash });

const kindOf = { evolve: "verdict", train: "trial" } as const;

/** By its record; `id` where it is known which of two equal ones. All that it came to so far. */
export async function campaignAgain(shop: Workshop, hash: Hash, id?: string): Promise<Reproduction> {
  const record = await shop.store.records.get(hash, "automem.campaign/1", "automem.train-campaign/1");
  const about = { record: hash, kind: record.loop === "evolve" ? "campaign" : "train-campaign", title: record.loop };
  const walk = await findWalk(shop, hash, id);
  if (walk === undefined) return reproduction(about, [noFolder()]);
  const { parts, books } = await judgeAll(shop, walk, undefined);
  const checks = walk.judged.length === 0 ? [remark("verdicts", "none was come to")] : [];
  const end = walk.end === undefined ? [] : [await endPart(shop, walk, walk.end, books)];
  if (walk.end === undefined) checks.push(remark("end", "the campaign has not ended"));
  return reproduction({ ...about, title: walk.campaign.id }, checks, [...parts, ...end]);
}

/** A verdict, a trial or an end by its record; what came before it is judged too, since it depends on that, and not told. */
export async function judgedAgain(
  shop: Workshop,
  hash: Hash,
  kind: "verdict" | "trial" | "campaign-end" | "train-end",
  id?: string,
): Promise<Reproduction> {
  const records = await shop.store.records.get(
    hash,
    "automem.verdict/1",
    "automem.trial/1",
    "automem.campaign-end/1",
    "automem.train-end/1",
  );
  const about = { record: hash, kind, title: hash.slice(0, 12) };
  const walk = await findWalk(shop, records.campaign, id, hash);
  if (walk === undefined) return reproduction(about, [noFolder()]);
  if (kind === "campaign-end" || kind === "train-end") {
    const { parts, books } = await judgeAll(shop, walk, undefined);
    const end = await endPart(shop, walk, hash, books);
    return reproduction(about, end.checks, parts);
  }
  const { parts } = await judgeAll(shop, walk, hash);
  const own = parts.find(({ record }) => record === hash);
  return own ?? reproduction(about, [notDoneAgain(kind, `The log of campaign ${walk.campaign.id} does not name it.`)]);
}

async function judgeAll(
  shop: Workshop,
  { campaign, judged }: Walk,
  until: Hash | undefined,
): Promise<{ parts: Reproduction[]; books: Books }> {
  const { record, id } = campaign;
  const books = freshBooks(record.loop === "evolve" ? record.scaffold : record.specialist);
  if (record.loop === "train" && record.specialist !== undefined) {
    books.incumbentRecord = shop.store.refs.get(`adapters/${record.specialist}`);
  }
  const parts: Reproduction[] = [];
  for (const [index, { key, hash }] of judged.entries()) {
    shop.checkStop();
    shop.tell(`judging ${key} again (${index + 1} of ${judged.length})`);
    if (parts.at(-1)?.standing === "not-done-again") {
      const why = "One before it could not be judged, and the gate depends on all of them.";
      parts.push(reproduction({ record: hash, kind: kindOf[record.loop], title: key }, [notDoneAgain("gate", why)]));
    } else if (record.loop === "evolve") parts.push(await verdictAgain(shop, record, hash, books));
    else parts.push(await trialAgain(shop, { id, record }, hash, books));
    if (hash === until) break;
  }
  return { parts, books };
}

async function endPart(shop: Workshop, walk: Walk, hash: Hash, books: Books): Promise<Reproduction> {
  const { record } = walk.campaign;
  const kind = record.loop === "evolve" ? "campaign-end" : "train-end";
  let title = walk.campaign.id;
  const checks = await shop.attempt("end", async () => {
    const end = await shop.store.records.get(hash, "automem.campaign-end/1", "automem.train-end/1");
    title = `${walk.campaign.id}, ${end.reason}`;
    return end.schema === "automem.campaign-end/1"
      ? evolveEnd(shop, record as CampaignRecord, walk, end, books)
      : trainEnd(shop, record as TrainCampaignRecord, walk, end, books);
  });
  return reproduction({ record: hash, kind, title }, checks);
}

async function evolveEnd(
  shop: Workshop,
  { scaffold }: CampaignRecord,
  { judged }: Walk,
  end: CampaignEndRecord,
  books: Books,
): Promise<FieldCheck[]> {
  const hashes = judged.map(({ hash }) => hash);
  const checks = [
    compared("verdicts", end.verdicts, hashes, `${hashes.length}`),
    compared("best scaffold", end.scaffold, books.incumbent),
    remark("reviews", "they are not asked again"),
  ];
  if (end.report === undefined) return checks;
  const { start, final, comparison } = end.report;
  checks.push(...(await reportChecks(shop, { base: start, own: final, comparison })));
  const { records } = shop.store;
  const played = [start, final].map(async (hash) => (await records.get(hash, "automem.evaluation/1")).scaffold);
  checks.push(
    compared("scaffolds of the report", [scaffold, books.incumbent], await Promise.all(played), "start and best"),
  );
  return checks;
}

async function trainEnd(
  shop: Workshop,
  _record: TrainCampaignRecord,
  { judged }: Walk,
  end: TrainEndRecord,
  books: Books,
): Promise<FieldCheck[]> {
  const hashes = judged.map(({ hash }) => hash);
  const checks = [
    compared("trials", end.trials, hashes, `${hashes.length}`),
    compared("best adapter", end.adapterName ?? "none", books.incumbent ?? "none"),
    compared("its record", end.adapter ?? "none", books.incumbentRecord ?? "none"),
    remark("decisions and trainings", "they are not made again: automem reproduce ADAPTER trains one again"),
  ];
  if (end.report === undefined) return checks;
  const { base, specialist, comparison } = end.report;
  return [...checks, ...(await reportChecks(shop, { base, own: specialist, comparison }))];
}

/** The report's episodes as recorded, and their comparison made anew. */
async function reportChecks(
  shop: Workshop,
  report: { base: Hash; own: Hash | undefined; comparison: unknown },
): Promise<FieldCheck[]> {
  const { records } = shop.store;
  const base = await records.get(report.base, "automem.evaluation/1");
  const checks = await evaluationChecks(shop, base);
  if (report.own === undefined) return checks;
  const own = await records.get(report.own, "automem.evaluation/1");
  checks.push(...(await evaluationChecks(shop, own)));
  const again = plainJson(compareEpisodes(own.episodes, base.episodes));
  checks.push(compared("comparison of the report", report.comparison, again));
  return checks;
}

/** The campaign's folder, which keeps the order. Of several with equal records the one that names `member`. */
async function findWalk(shop: Workshop, hash: Hash, id?: string, member?: Hash): Promise<Walk | undefined> {
  const { campaigns } = shop.store;
  const ids = id === undefined ? await campaigns.ids() : [id];
  for (const one of ids) {
    if ((await campaigns.peekFile(one))?.campaign !== hash) continue;
    const log = await campaigns.viewLog(one);
    const judged: Walk["judged"] = [];
    for (const name of log.names()) {
      const [part, key] = name.split("/", 2);
      if ((part !== "verdict" && part !== "trial") || key === undefined) continue;
      judged.push({ key, hash: (await log.get(name, Named))!.record });
    }
    const end = (await log.get("end", Named))?.record;
    if (member !== undefined && end !== member && !judged.some((other) => other.hash === member)) continue;
    return { campaign: await campaigns.open(one), judged, end };
  }
  return undefined;
}

function noFolder(): FieldCheck {
  const why = "The campaign's folder is not in this store, and only its log keeps the order of the looks of the gate.";
  return notDoneAgain("verdicts", why);
}
