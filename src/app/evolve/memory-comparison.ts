/** Figures about memory before and after: the scaffold a campaign began with, and the best so far, on the same seeds. */
import * as v from "valibot";
import { Hash } from "../../core/hash.ts";
import type { RunFigures } from "../../metrics/run-figures.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";
import { evaluationFigures } from "../evaluation-figures.ts";
import type { CampaignOverview } from "./campaigns.ts";

export interface ScaffoldMemory {
  /** Of the revision that is the best so far. */
  key: string;
  /** Which seeds both played. */
  purpose: "report" | "confirm" | "select";
  start: RunFigures;
  best: RunFigures;
}

/** On the report seeds where they were opened, else on the confirm seeds where the two met there, else on the select seeds; `undefined` while nothing was accepted. */
export async function scaffoldMemory(app: App, overview: CampaignOverview): Promise<ScaffoldMemory | undefined> {
  const store = await app.store();
  const pair = await evaluationsOf(store, overview);
  if (pair === undefined) return undefined;
  const start = await evaluationFigures(store, pair.start);
  const best = await evaluationFigures(store, pair.best);
  if (start.episodes === 0 || best.episodes === 0) return undefined;
  return { key: overview.accepted.at(-1)!, purpose: pair.purpose, start, best };
}

async function evaluationsOf(
  store: Store,
  { id, nodes, accepted, record }: CampaignOverview,
): Promise<{ purpose: ScaffoldMemory["purpose"]; start: Hash; best: Hash } | undefined> {
  const node = nodes.find(({ key }) => key === accepted.at(-1));
  if (node?.verdict === undefined) return undefined;
  const log = await store.campaigns.viewLog(id);
  const end = await log.get("end", v.object({ record: Hash }));
  const report = end && (await store.records.get(end.record, "automem.campaign-end/1")).report;
  if (report !== undefined) return { purpose: "report", start: report.start, best: report.final };
  const { confirm, incumbent, select } = await store.records.get(node.verdict, "automem.verdict/1");
  if (confirm !== undefined && incumbent === record.scaffold) {
    return { purpose: "confirm", start: confirm.incumbent, best: confirm.candidate };
  }
  for (const { verdict } of nodes) {
    if (verdict === undefined) continue;
    const first = await store.records.get(verdict, "automem.verdict/1");
    if (first.incumbent === record.scaffold)
      return { purpose: "select", start: first.select.incumbent, best: select.candidate };
  }
  return undefined;
}
