/** Campaigns of both loops: what was tried, how it was judged, what came of it. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import type { App } from "../../app/app.ts";
import { listCampaigns } from "../../app/campaign-list.ts";
import { campaignTranscript } from "../../app/campaign-transcript.ts";
import { findCampaign, type OpenCampaign } from "../../app/campaigns.ts";
import { isEvolve, revisionView, scaffoldsBetween } from "../../app/evolve/campaigns.ts";
import { configurationFields } from "../../app/train/configuration-fields.ts";
import { isTrain, trainOverview } from "../../app/train/trainings.ts";
import { trialView } from "../../app/train/trial-row.ts";
import { campaignPage } from "../../app/web/campaign-page.ts";
import { type GatePage, gatePage } from "../../app/web/gate-page.ts";
import { ConfigError } from "../../core/errors.ts";
import { valid } from "./valid.ts";

const Campaign = v.object({ campaign: v.string() });
const Part = v.object({ ...Campaign.entries, key: v.string() });
const Key = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const Between = v.object({ from: Key, to: Key });

export function campaignRoutes(app: App) {
  const find = async (id: string): Promise<OpenCampaign> => {
    const campaign = await findCampaign(app, id);
    if (campaign !== undefined) return campaign;
    throw new ConfigError(`There is no campaign "${id}".`, { code: "unknown-campaign" });
  };
  return new Hono()
    .get("/", describe("Campaigns of both loops, newest first"), async (context) =>
      context.json({ campaigns: await listCampaigns(app) }),
    )
    .get("/:campaign", describe("A campaign: revisions or trials, verdicts, report, spending"), async (context) => {
      const campaign = await find(context.req.param("campaign"));
      return context.json(await campaignPage(app, campaign));
    })
    .get(
      "/:campaign/scaffolds",
      describe("What changed between two scaffolds of a campaign of evolve: `start`, or keys of revisions"),
      valid("param", Campaign),
      valid("query", Between),
      async (context) => {
        const campaign = await find(context.req.valid("param").campaign);
        const { from, to } = context.req.valid("query");
        if (!isEvolve(campaign)) throw noSuch(campaign, "scaffold", from);
        return context.json(await scaffoldsBetween(app, campaign, from, to));
      },
    )
    .get(
      "/:campaign/configurations",
      describe("The configurations of a ledger: all that decided each, flat, and what came of it"),
      valid("param", Campaign),
      async (context) => {
        const campaign = await find(context.req.valid("param").campaign);
        if (!isTrain(campaign)) throw noSuch(campaign, "ledger", "train");
        return context.json({ configurations: await configurationFields(app, campaign) });
      },
    )
    .get(
      "/:campaign/transcripts/:key",
      describe("What a reviewer, a decider or a selector said while it worked on a revision or trial"),
      valid("param", Part),
      async (context) => {
        const { campaign, key } = context.req.valid("param");
        return context.json({ parts: await campaignTranscript(app, await find(campaign), key) });
      },
    )
    .get(
      "/:campaign/revisions/:key",
      describe("A revision: analysis, method, and what changed in the scaffold"),
      async (context) => {
        const campaign = await find(context.req.param("campaign"));
        const key = context.req.param("key");
        if (!isEvolve(campaign)) throw noSuch(campaign, "revision", key);
        const { node, analysis, method, difference, revision } = await revisionView(app, campaign, key);
        const store = await app.store();
        const verdict =
          node.verdict === undefined ? undefined : await store.records.get(node.verdict, "automem.verdict/1");
        const gates: GatePage[] = [];
        if (verdict?.confirm !== undefined) {
          const { candidate, incumbent } = verdict.confirm;
          const title = "against the incumbent";
          gates.push(await gatePage(store, { title, candidate, opponent: incumbent, gate: verdict.gate ?? {} }));
        }
        return context.json({ node, analysis, method, difference, spent: revision.spent, gates });
      },
    )
    .get("/:campaign/trials/:key", describe("A trial: plan, reason, losses, tests"), async (context) => {
      const campaign = await find(context.req.param("campaign"));
      const key = context.req.param("key");
      if (!isTrain(campaign)) throw noSuch(campaign, "trial", key);
      const store = await app.store();
      const { row, trial, reason, losses } = await trialView(store, (await trainOverview(app, campaign)).trials, key);
      const gates: GatePage[] = [];
      for (const { against, candidate, opponent, gate } of trial.tests) {
        gates.push(await gatePage(store, { title: `against the ${against}`, candidate, opponent, gate }));
      }
      return context.json({ row, plan: trial.plan, reason, losses, gates });
    });
}

function noSuch({ id }: OpenCampaign, what: string, key: string): ConfigError {
  return new ConfigError(`Campaign ${id} has no ${what} "${key}".`, { code: `no-such-${what}` });
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["campaigns"] });
}
