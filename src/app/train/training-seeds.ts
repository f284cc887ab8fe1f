/** The seed sets a campaign of `train` works with: those that come with automem, or plain counting for a game that has none of ours. */
import * as v from "valibot";
import { checkDisjoint } from "../../campaign/seed-plan.ts";
import { ConfigError } from "../../core/errors.ts";
import { type SeedPurpose, SeedSet } from "../../core/seed-set.ts";
import { TrainingSeeds } from "../../train/candidates/training-seeds.ts";
import { campaignSeeds } from "../evolve/campaign-seeds.ts";
import { firstPartyFolder } from "../first-party.ts";

/** By purpose. Select and confirm are train's own: an adapter is never chosen on seeds on which a scaffold was chosen. */
export type TrainCampaignSeeds = Record<SeedPurpose, SeedSet>;

/** For a third-party game: the same numbers that our own games use. */
const countedSeeds = { select: ["train-select", 4000, 40], confirm: ["train-confirm", 5000, 100] } as const;

/** Throws `ConfigError`: `no-seed-set` if our sets of a game lack one, `seeds-overlap` for a seed with two purposes, evolve's among them. */
export async function trainCampaignSeeds(game: string): Promise<TrainCampaignSeeds> {
  const { train, report, ...evolve } = await campaignSeeds(game);
  const seeds = { train, report, select: await ownSet(game, "select"), confirm: await ownSet(game, "confirm") };
  checkDisjoint([...Object.values(seeds), ...Object.values(evolve)]);
  return seeds;
}

/** The training seeds of a game, apart from all its other sets. Throws as `trainCampaignSeeds`. */
export async function trainingSeeds(game: string): Promise<TrainingSeeds> {
  const { train, ...others } = await trainCampaignSeeds(game);
  const { select, confirm } = await campaignSeeds(game);
  return new TrainingSeeds(train, [...Object.values(others), select, confirm]);
}

async function ownSet(game: string, purpose: keyof typeof countedSeeds): Promise<SeedSet> {
  const [name, first, count] = countedSeeds[purpose];
  const files = await firstPartyFolder(`seeds/${game}`);
  if (files.size === 0) {
    const seeds = Array.from({ length: count }, (_, index) => first + index);
    return { schema: "automem.seeds/1", game, name, purpose, note: "counted", seeds };
  }
  const content = files.get(`${name}.json`);
  if (content === undefined) throw new ConfigError(`${game} has no seed set "${name}".`, { code: "no-seed-set" });
  return v.parse(SeedSet, JSON.parse(new TextDecoder().decode(content)));
}
