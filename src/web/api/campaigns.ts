/** Campaigns of both loops: what was tried, how it was judged, what came of it. */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { App } from "../../app/app.ts";
import { listCampaigns } from "../../app/campaign-list.ts";
import { findCampaign, type OpenCampaign } from "../../app/campaigns.ts";
import { campaignOverview, isEvolve, revisionView } from "../../app/evolve/campaigns.ts";
import { isTrain, trainOverview } from "../../app/train/trainings.ts";
import { trialView } from "../../app/train/trial-row.ts";
import { type GatePage, gatePage } from "../../app/web/gate-page.ts";
import { ConfigError } from "../../core/errors.ts";

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
      return context.json(await bodyOf(app, campaign));
    })
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
        const transcript = await store.blobs.getText(revision.transcript);
        return context.json({ node, analysis, method, difference, spent: revision.spent, transcript, gates });
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

type CampaignBody =
  | { loop: "evolve"; evolve: Awaited<ReturnType<typeof campaignOverview>> }
  | { loop: "train"; train: Awaited<ReturnType<typeof trainOverview>> };

async function bodyOf(app: App, campaign: OpenCampaign): Promise<CampaignBody> {
  if (isEvolve(campaign)) return { loop: "evolve", evolve: await campaignOverview(app, campaign) };
  if (isTrain(campaign)) return { loop: "train", train: await trainOverview(app, campaign) };
  throw new Error(`Campaign ${campaign.id} is of neither loop.`);
}

function noSuch({ id }: OpenCampaign, what: string, key: string): ConfigError {
  return new ConfigError(`Campaign ${id} has no ${what} "${key}".`, { code: `no-such-${what}` });
}

function describe(summary: string) {
  return describeRoute({ summary, tags: ["campaigns"] });
}
