/** What goes into a static copy: what was named, or all of the store. */
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import { findCampaign } from "../../app/campaigns.ts";
import type { LeftOut } from "../../app/copy/about.ts";
import { findRun } from "../../app/runs.ts";
import type { RunLine, RunPage } from "../../app/web/run-filter.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Asker } from "./asker.ts";
import { type CampaignRuns, campaignRuns } from "./campaign-runs.ts";

export interface Chosen {
  /** All that the store holds. */
  whole: boolean;
  /** As a person reads it. */
  of: string;
  /** Newest first. */
  runs: RunLine[];
  campaigns: string[];
  datasets: string[];
  /** Runs of its campaigns that are not in it. */
  leftOut: LeftOut[];
}

const pageRuns = 500;

/** Throws `ConfigError` (`unknown-reference`, `empty-store`, `ambiguous-run`, `ambiguous-campaign`). */
export async function choose(
  app: App,
  ask: Asker,
  references: readonly string[],
  which: CampaignRuns = "gate",
): Promise<Chosen> {
  const whole = references.length === 0;
  const [runs, campaigns] = whole ? [undefined, await allCampaigns(ask)] : await named(app, references);
  const all = await allRuns(ask);
  const brought = runs && (await campaignRuns(app, campaigns, { which, lines: all, named: runs }));
  const lines = all.filter(({ id }) => runs === undefined || runs.has(id) || brought?.runs.has(id));
  if (whole && lines.length === 0 && campaigns.length === 0) {
    throw new ConfigError("There is nothing to copy yet: the store has no runs and no campaigns.", {
      code: "empty-store",
    });
  }
  const datasets = whole ? await allDatasets(ask) : await datasetsOf(ask, campaigns);
  const parts = [count(lines.length, "run"), count(campaigns.length, "campaign"), count(datasets.length, "dataset")];
  const said = parts.filter((part) => !part.startsWith("0 ")).join(", ");
  return {
    whole,
    of: whole ? `all of a store: ${said}` : said,
    runs: lines,
    campaigns,
    datasets,
    leftOut: brought?.leftOut ?? [],
  };
}

/** `1 run`, `2 runs`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

async function named(app: App, references: readonly string[]): Promise<[Set<string>, string[]]> {
  const runs = new Set<string>();
  const campaigns = new Set<string>();
  for (const reference of references) {
    const campaign = await findCampaign(app, reference);
    if (campaign !== undefined) campaigns.add(campaign.id);
    else runs.add((await findRun(app, reference)).folder.id);
  }
  return [runs, [...campaigns]];
}

async function allRuns(ask: Asker): Promise<RunLine[]> {
  const lines: RunLine[] = [];
  for (;;) {
    const page = (await ask.body(`/runs?limit=${pageRuns}&offset=${lines.length}`)) as RunPage;
    lines.push(...page.runs);
    if (page.runs.length < pageRuns) return lines;
  }
}

const Campaigns = v.object({ campaigns: v.array(v.object({ id: v.string() })) });
const Datasets = v.object({ datasets: v.array(v.object({ hash: v.string() })) });
const Trials = v.object({
  train: v.optional(v.object({ trials: v.array(v.object({ dataset: v.optional(v.object({ hash: v.string() })) })) })),
});

async function allCampaigns(ask: Asker): Promise<string[]> {
  return v.parse(Campaigns, await ask.body("/campaigns")).campaigns.map(({ id }) => id);
}

async function allDatasets(ask: Asker): Promise<string[]> {
  return v.parse(Datasets, await ask.body("/datasets")).datasets.map(({ hash }) => hash);
}

/** Those that the trials of campaigns were trained on. */
async function datasetsOf(ask: Asker, campaigns: readonly string[]): Promise<string[]> {
  const hashes = new Set<string>();
  for (const id of campaigns) {
    const { train } = v.parse(Trials, await ask.body(`/campaigns/${id}`));
    for (const { dataset } of train?.trials ?? []) if (dataset !== undefined) hashes.add(dataset.hash);
  }
  return [...hashes];
}
