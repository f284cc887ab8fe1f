/**
 * Which seeds a campaign may use for what. Purposes are kept apart by code, not by custom: evidence is made of `ReviewableEpisode`s only,
 * and there is no other way to one than `SeedPlan.reviewable`, which refuses any seed that is not a select seed.
 */
import { ConfigError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import type { EpisodeRecord } from "../core/records.ts";
import type { SeedPurpose, SeedSet } from "../core/seed-set.ts";

declare const seenByReview: unique symbol;

/** A finished episode on a select seed: a review may see it. */
export interface ReviewableEpisode {
  readonly [seenByReview]: true;
  readonly record: Hash;
  readonly task: string;
  readonly seed: number;
}

export class SeedPlan {
  /** Empty for a loop that learns from no episodes. */
  readonly train: readonly number[];
  readonly select: readonly number[];
  readonly confirm: readonly number[];
  readonly report: readonly number[];

  /** The first `selectSeeds` of the select set; the other sets whole. Throws `ConfigError` (`wrong-purpose`, `seeds-overlap`). */
  constructor(
    sets: { select: SeedSet; confirm: SeedSet; report: SeedSet; train?: SeedSet | undefined },
    selectSeeds: number,
  ) {
    for (const [purpose, set] of Object.entries(sets)) {
      if (set !== undefined && set.purpose !== purpose) {
        throw new ConfigError(`Seed set ${set.game}/${set.name} is for ${set.purpose}, not for ${purpose}.`, {
          code: "wrong-purpose",
        });
      }
    }
    checkDisjoint(Object.values(sets).filter((set) => set !== undefined));
    if (sets.select.seeds.length < selectSeeds) {
      throw new ConfigError(
        `${selectSeeds} select seeds were asked for, but ${sets.select.game}/${sets.select.name} has ${sets.select.seeds.length}.`,
        { code: "bad-setting" },
      );
    }
    this.train = sets.train?.seeds ?? [];
    this.select = sets.select.seeds.slice(0, selectSeeds);
    this.confirm = sets.confirm.seeds;
    this.report = sets.report.seeds;
  }

  /** Throws `ConfigError` `sealed-seed` for an episode that a review must not see. */
  reviewable(hash: Hash, { task, seed }: Pick<EpisodeRecord, "task" | "seed">): ReviewableEpisode {
    if (!this.select.includes(seed)) {
      throw new ConfigError(
        `The episode of ${task} with seed ${seed} is not one of the select seeds: a review must not see it.`,
        { code: "sealed-seed", data: { task, seed } },
      );
    }
    return { record: hash, task, seed } as ReviewableEpisode;
  }

  /** Throws `ConfigError` `sealed-seed` unless every seed belongs to the purpose. */
  require(purpose: SeedPurpose, seeds: readonly number[]): void {
    const stranger = seeds.find((seed) => !this[purpose].includes(seed));
    if (stranger === undefined) return;
    throw new ConfigError(`Seed ${stranger} is not one of the ${purpose} seeds of this campaign.`, {
      code: "sealed-seed",
      data: { purpose, seed: stranger },
    });
  }
}

/** Throws `ConfigError` `seeds-overlap` for a seed that stands in two of them. */
export function checkDisjoint(sets: readonly SeedSet[]): void {
  const owner = new Map<number, string>();
  for (const { name, game, seeds } of sets) {
    for (const seed of seeds) {
      const other = owner.get(seed);
      if (other !== undefined) {
        throw new ConfigError(
          `Seed ${seed} of ${game} stands in the sets ${other} and ${name}; each has one purpose.`,
          {
            code: "seeds-overlap",
            data: { seed, sets: [other, name] },
          },
        );
      }
      owner.set(seed, name);
    }
  }
}
