/** The course of a campaign of `evolve`. */
import * as v from "valibot";
import { Spent } from "../../campaign/spending.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";
import type { CampaignNode, EvolveCampaign } from "../evolve/campaigns.ts";
import { type Course, courseIntervals, playedOnSelect, scoreOf, spendingCourse } from "./course.ts";

const Costs = v.object({ spent: Spent });
const paid = /^(review\/[^/]+|play\/[^/]+\/[^/]+\/[^/]+)$/;

/** `nodes` as `campaignOverview` has them. Throws `StoreError`. */
export async function evolveCourse(
  app: App,
  campaign: EvolveCampaign,
  nodes: readonly CampaignNode[],
): Promise<Course> {
  const store = await app.store();
  const log = await store.campaigns.viewLog(campaign.id);
  const { until, costs, total } = await spendingCourse(log, "start", partOf, async (name) =>
    paid.test(name) ? (await log.get(name, Costs))?.spent : undefined,
  );
  const start = await playedOnSelect(log, campaign.record.scaffold);
  const tried: Course["tried"] = [];
  for (const { key, verdict, outcome } of nodes) {
    if (verdict === undefined) continue;
    tried.push({ key, outcome, spent: until(`verdict/${key}`), score: await candidateScore(store, verdict) });
  }
  const begun = start === undefined ? [] : [{ key: "start", spent: until(start.name), score: start.score }];
  const accepted = tried.filter(({ outcome }) => outcome === "accepted");
  return {
    tried,
    accepted: [...begun, ...accepted.map(({ key, spent, score }) => ({ key, spent, score }))],
    costs,
    total,
    intervals: courseIntervals,
  };
}

function partOf(name: string): string | undefined {
  if (name === "report/opened") return "report";
  return /^review\/([^/]+)/.exec(name)?.[1];
}

async function candidateScore(store: Store, verdict: string): Promise<Course["tried"][number]["score"]> {
  const { select } = await store.records.get(verdict, "automem.verdict/1");
  return scoreOf((await store.records.get(select.candidate, "automem.evaluation/1")).episodes);
}
