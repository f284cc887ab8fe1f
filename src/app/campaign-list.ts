/** The campaigns of both loops in a list, for `automem list --campaigns`. */
import { AutomemError } from "../core/errors.ts";
import type { App } from "./app.ts";
import { type CampaignGain, gainOf } from "./campaign-gain.ts";
import { campaignOutcome, isEvolve } from "./evolve/campaigns.ts";
import { isTrain, trainOutcome } from "./train/trainings.ts";

export interface CampaignRow {
  id: string;
  created: string;
  /** `evolve` or `train`. */
  loop: string;
  game: string;
  model: string;
  /** Who proposes: the reviewer, or the decider. */
  by: string;
  /** Reviews, or trials. */
  tried: number;
  accepted: number;
  /** What was won by what was accepted; absent where nothing was, or where no interval is to be had. */
  gain: CampaignGain | undefined;
  state: string;
  problem: string | undefined;
}

/** Newest first. One that cannot be read has a `problem`. */
export async function listCampaigns(app: App): Promise<CampaignRow[]> {
  const { campaigns } = await app.store();
  const rows: CampaignRow[] = [];
  for (const id of await campaigns.ids()) {
    try {
      rows.push(await rowOf(app, id));
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      const nothing = {
        created: "",
        loop: "",
        game: "",
        model: "",
        by: "",
        tried: 0,
        accepted: 0,
        gain: undefined,
        state: "",
      };
      rows.push({ id, ...nothing, problem: fault.message });
    }
  }
  return rows.sort((one, other) => (one.created < other.created ? 1 : -1));
}

async function rowOf(app: App, id: string): Promise<CampaignRow> {
  const store = await app.store();
  const campaign = await store.campaigns.open(id);
  const { loop, game, model } = campaign.record;
  const common = { id, created: campaign.file.created, loop, game: game.name, model: model.name, problem: undefined };
  if (isEvolve(campaign)) {
    const { nodes, accepted, state, report } = await campaignOutcome(store, campaign);
    const gain = accepted.length === 0 ? undefined : gainOf(report, accepted.at(-1)?.confirm);
    return {
      ...common,
      by: campaign.record.reviewer.name,
      tried: nodes.length,
      accepted: accepted.length,
      gain,
      state,
    };
  }
  if (isTrain(campaign)) {
    const { trials, accepted, state, report } = await trainOutcome(store, campaign);
    const gain = accepted.length === 0 ? undefined : gainOf(report, accepted.at(-1)?.tests.at(-1));
    return {
      ...common,
      by: campaign.record.decider.name,
      tried: trials.length,
      accepted: accepted.length,
      gain,
      state,
    };
  }
  throw new Error(`Campaign ${id} is of neither loop.`);
}
