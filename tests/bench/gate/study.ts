/** Many campaigns, many looks: the numbers of docs/gate.md. Pure, from a seed. */
import { type CampaignPlan, playCampaign } from "./campaign.ts";
import { chanceFrom } from "./chance.ts";
import { shippedLevel, staged } from "./gates.ts";
import type { Rival } from "./rivals/rival.ts";
import { fixedT } from "./rivals/student.ts";
import type { World } from "./worlds.ts";

/** A share of trials with its 95 % interval. */
export interface Share {
  share: number;
  low: number;
  high: number;
}

export interface CampaignFigures {
  /** Campaigns with any false accept. */
  falseAccepts: Share;
  /** Means for a campaign; episodes for each task. */
  trueAccepts: number;
  real: number;
  looks: number;
  selectEpisodes: number;
  confirmEpisodes: number;
  /** Mean gain on the select seeds of what was accepted, in shares. */
  apparentGain: number | undefined;
}

/** 5 revisions x 3 attempts x (1 + 1 continuation): 30 looks. */
export const usualCampaign = {
  revisions: 5,
  tries: 6,
  selectSeeds: 10,
  confirmSeeds: staged.last,
  levelFor: shippedLevel,
  incumbent: "reused",
  realShare: 0,
  gain: 0,
} as const satisfies Partial<CampaignPlan>;

export function manyCampaigns(plan: CampaignPlan, campaigns: number, seed: number): CampaignFigures {
  const chance = chanceFrom(seed);
  const results = Array.from({ length: campaigns }, () => playCampaign(plan, chance));
  const mean = (value: (result: (typeof results)[number]) => number) =>
    results.reduce((sum, result) => sum + value(result), 0) / campaigns;
  const gains = results.flatMap(({ apparentGains }) => apparentGains);
  return {
    falseAccepts: wilson(results.filter(({ falseAccepts }) => falseAccepts > 0).length, campaigns),
    trueAccepts: mean(({ trueAccepts }) => trueAccepts),
    real: mean(({ real }) => real),
    looks: mean(({ confirmLooks }) => confirmLooks),
    selectEpisodes: mean(({ selectEpisodes }) => selectEpisodes) / plan.world.episodes,
    confirmEpisodes: mean(({ confirmEpisodes }) => confirmEpisodes) / plan.world.episodes,
    apparentGain: gains.length === 0 ? undefined : gains.reduce((sum, gain) => sum + gain, 0) / gains.length,
  };
}

/** One look at a candidate with a true gain, both arms played afresh: how often it accepts, and the mean of the pairs it takes. */
export function manyLooks(
  { world, rival, gain, level }: { world: World; rival: Rival; gain: number; level: number },
  looks: number,
  seed: number,
): { accepted: Share; pairs: number } {
  const chance = chanceFrom(seed);
  let accepted = 0;
  let pairs = 0;
  for (let look = 0; look < looks; look++) {
    const next = rival.begin(level);
    for (;;) {
      const met = world.seed(chance);
      const incumbent = world.play(met, 0, chance);
      const ending = next((world.candidate ?? world.play)(met, gain, chance) - incumbent);
      pairs++;
      if (ending === undefined) continue;
      if (ending === "accept") accepted++;
      break;
    }
  }
  return { accepted: wilson(accepted, looks), pairs: pairs / looks };
}

export interface EqualPower {
  gate: CampaignFigures;
  /** Pairs of the fixed test with as many true accepts a campaign (the fewest tried that has), and its figures. */
  fixedPairs: number;
  fixed: CampaignFigures;
  /** Confirm episodes of the gate for each of the fixed test. */
  ratio: number;
}

/** The gate against the fixed t-test that finds as much, over the same mix of null and real candidates. */
export function againstFixed(
  plan: Omit<CampaignPlan, "rival">,
  rival: Rival,
  campaigns: number,
  seed: number,
): EqualPower {
  const gate = manyCampaigns({ ...plan, rival }, campaigns, seed);
  for (let pairs = 6; ; pairs += 2) {
    const fixed = manyCampaigns({ ...plan, rival: fixedT(pairs) }, campaigns, seed + pairs);
    if (fixed.trueAccepts < gate.trueAccepts && pairs < staged.last) continue;
    return { gate, fixedPairs: pairs, fixed, ratio: gate.confirmEpisodes / fixed.confirmEpisodes };
  }
}

/** Interval of a share by Wilson (JASA 22, 1927). */
export function wilson(hits: number, trials: number): Share {
  const z = 1.959964;
  const share = hits / trials;
  const centre = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half =
    (z / (1 + (z * z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
