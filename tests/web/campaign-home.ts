/** A server over a home with a whole campaign of each loop: `evolve` on the ring by what a queue proposes, `train` by the command line with made-up parts. */
import { openApp } from "../../src/app/app.ts";
import { runCampaign } from "../../src/evolve/campaign/campaign.ts";
import { type RunningServer, startServer } from "../../src/web/server.ts";
import { trainedHome } from "../app/lineage/trained-home.ts";
import { packageSaying, ringCampaign } from "../evolve/campaign/support.ts";

export interface CampaignServer extends RunningServer {
  home: string;
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  evolve: string;
  train: string;
  /** Name of the adapter that was accepted. */
  adapter: string;
}

/** One revision that is worse, one that is accepted, one that is no better, one that did not come about. Takes some seconds. */
export async function campaignServer(): Promise<CampaignServer> {
  const { home, campaign: train } = await trainedHome({ trials: 2 });
  const parts = await ringCampaign(home, {
    proposals: { r1a1c0: [packageSaying("STAY")], r1a2c0: [packageSaying("GO")], r2a1c0: [packageSaying("GO now")] },
    settings: { revisions: 2, attempts: 2, report: "always" },
  });
  await runCampaign(parts);
  await parts.log.close();
  parts.store.close();
  const app = openApp({ ...process.env, AUTOMEM_HOME: home });
  const running = await startServer(app, { host: "127.0.0.1", port: 0, forms: [] });
  const { origin } = new URL(running.url);
  const accepted = (await (await fetch(`${origin}/api/campaigns/${train}`)).json()) as { train: { adapter: string } };
  return { ...running, home, origin, evolve: parts.campaignId, train, adapter: accepted.train.adapter };
}
