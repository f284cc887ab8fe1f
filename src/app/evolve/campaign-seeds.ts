/** The seed sets a campaign works with: those that come with automem, or plain counting for a game that has none of ours. */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { type SeedPurpose, SeedSet } from "../../core/seed-set.ts";
import { firstPartyFolder } from "../first-party.ts";

export type CampaignSeeds = Record<SeedPurpose, SeedSet>;

/** For a third-party game: the same numbers that our own games use. */
const countedSeeds: Record<SeedPurpose, readonly [first: number, count: number]> = {
  train: [1000, 200],
  select: [2000, 20],
  confirm: [3000, 60],
  report: [42, 10],
};

/** Throws `ConfigError` `no-seed-set` if our sets of a game lack one. */
export async function campaignSeeds(game: string): Promise<CampaignSeeds> {
  const files = await firstPartyFolder(`seeds/${game}`);
  const setFor = (purpose: SeedPurpose): SeedSet => {
    if (files.size === 0) return counted(game, purpose);
    const content = files.get(`${purpose}.json`);
    if (content === undefined) throw new ConfigError(`${game} has no seed set "${purpose}".`, { code: "no-seed-set" });
    return v.parse(SeedSet, JSON.parse(new TextDecoder().decode(content)));
  };
  return { train: setFor("train"), select: setFor("select"), confirm: setFor("confirm"), report: setFor("report") };
}

function counted(game: string, purpose: SeedPurpose): SeedSet {
  const [first, count] = countedSeeds[purpose];
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return { schema: "automem.seeds/1", game, name: purpose, purpose, note: "counted", seeds };
}
