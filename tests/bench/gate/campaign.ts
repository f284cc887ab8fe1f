/** A campaign of loop 1 in numbers: revisions, attempts, continuations, each screened on select seeds and, if it passes, judged on confirm seeds. */
import type { Chance } from "./chance.ts";
import type { Rival } from "./rivals/rival.ts";
import type { World } from "./worlds.ts";

/**
 * How the incumbent's scores on confirm seeds come about. `fresh`: played anew for each look. `reused`: played once for each incumbent, when
 * first needed. `inherited`: as `reused`, but an accepted candidate brings the scores it was accepted with.
 */
export type IncumbentScores = "fresh" | "reused" | "inherited";

export interface CampaignPlan {
  world: World;
  /** `undefined`: the paper's gate, which accepts what passes the screen. */
  rival: Rival | undefined;
  /** Error for a look, given how many before it did not accept (from 0). */
  levelFor(notAccepted: number): number;
  incumbent: IncumbentScores;
  revisions: number;
  /** Looks a revision may take: attempts x (1 + continuations). */
  tries: number;
  /** 0: no screen, every candidate is tested. */
  selectSeeds: number;
  confirmSeeds: number;
  /** Chance that a candidate is truly better, and by how much; the others are just as good as the incumbent. */
  realShare: number;
  gain: number;
}

export interface CampaignResult {
  falseAccepts: number;
  trueAccepts: number;
  /** Candidates that were truly better. */
  real: number;
  confirmLooks: number;
  /** Episodes on the select seeds, and on the confirm seeds. */
  selectEpisodes: number;
  confirmEpisodes: number;
  /** Gains on the select seeds of the accepted ones, in shares. */
  apparentGains: number[];
}

export function playCampaign(plan: CampaignPlan, chance: Chance): CampaignResult {
  const { world, rival, selectSeeds } = plan;
  const seeds = (count: number) => Array.from({ length: count }, () => world.seed(chance));
  const select = seeds(selectSeeds);
  const confirm = seeds(plan.confirmSeeds);
  const result: CampaignResult = {
    falseAccepts: 0,
    trueAccepts: 0,
    real: 0,
    confirmLooks: 0,
    selectEpisodes: selectSeeds * world.episodes,
    confirmEpisodes: 0,
    apparentGains: [],
  };
  const asCandidate = world.candidate ?? world.play;
  let skill = 0;
  let selectScores = select.map((seed) => world.play(seed, skill, chance));
  let known: (number | undefined)[] = [];
  let notAccepted = 0;
  for (let revision = 0; revision < plan.revisions; revision++) {
    for (let attempt = 0; attempt < plan.tries; attempt++) {
      const better = chance.uniform() < plan.realShare ? plan.gain : 0;
      if (better > 0) result.real++;
      const scores = select.map((seed) => asCandidate(seed, skill + better, chance));
      result.selectEpisodes += selectSeeds * world.episodes;
      const apparent = mean(scores) - mean(selectScores);
      if (selectSeeds > 0 && apparent <= 1e-12) continue;
      const confirmed: number[] = [];
      const accepted =
        rival === undefined || look(plan, rival, skill, better, confirm, known, confirmed, notAccepted, chance, result);
      if (rival !== undefined && !accepted) notAccepted++;
      if (!accepted) continue;
      if (better > 0) result.trueAccepts++;
      else result.falseAccepts++;
      result.apparentGains.push(apparent);
      skill += better;
      selectScores = scores;
      known = plan.incumbent === "inherited" ? confirmed : [];
      break;
    }
  }
  return result;
}

function look(
  plan: CampaignPlan,
  rival: Rival,
  skill: number,
  better: number,
  confirm: readonly number[][],
  known: (number | undefined)[],
  confirmed: number[],
  notAccepted: number,
  chance: Chance,
  result: CampaignResult,
): boolean {
  const { world } = plan;
  const next = rival.begin(plan.levelFor(notAccepted));
  result.confirmLooks++;
  for (const [index, seed] of confirm.entries()) {
    const kept = plan.incumbent === "fresh" ? undefined : known[index];
    if (kept === undefined) result.confirmEpisodes += world.episodes;
    const incumbent = kept ?? world.play(seed, skill, chance);
    known[index] = incumbent;
    const candidate = (world.candidate ?? world.play)(seed, skill + better, chance);
    result.confirmEpisodes += world.episodes;
    confirmed[index] = candidate;
    const ending = next(candidate - incumbent);
    if (ending !== undefined) return ending === "accept";
  }
  throw new Error(`${rival.name} did not end by ${confirm.length} pairs.`);
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
