/**
 * Which episodes may become training data: those on training seeds, by code and not by custom. Turns are read from `TrainingEpisode`s only, and
 * there is no other way to one than `TrainingSeeds.admit`.
 */
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { EpisodeRecord } from "../../core/records.ts";
import type { SeedSet } from "../../core/seed-set.ts";

declare const playedForTraining: unique symbol;

/** A finished episode on a training seed: its turns may become data. */
export interface TrainingEpisode {
  readonly [playedForTraining]: true;
  readonly record: Hash;
  readonly task: string;
  readonly seed: number;
}

export class TrainingSeeds {
  readonly game: string;
  readonly #name: string;
  readonly #seeds: ReadonlySet<number>;

  /** `others`: the game's sets for other purposes. Throws `ConfigError` (`wrong-purpose`, `seeds-overlap`). */
  constructor(train: SeedSet, others: readonly SeedSet[]) {
    if (train.purpose !== "train") {
      throw new ConfigError(`Seed set ${train.game}/${train.name} is for ${train.purpose}, not for train.`, {
        code: "wrong-purpose",
      });
    }
    this.game = train.game;
    this.#name = `${train.game}/${train.name}`;
    this.#seeds = new Set(train.seeds);
    for (const other of others) {
      const shared = other.seeds.find((seed) => this.#seeds.has(seed));
      if (shared === undefined) continue;
      throw new ConfigError(
        `Seed ${shared} of ${train.game} stands in the sets ${train.name} and ${other.name}; each has one purpose.`,
        { code: "seeds-overlap", data: { seed: shared, sets: [train.name, other.name] } },
      );
    }
  }

  /** Throws `ConfigError`: `sealed-seed` for an episode that must not become data, `wrong-game`. */
  admit(hash: Hash, { task, seed, game }: Pick<EpisodeRecord, "task" | "seed" | "game">): TrainingEpisode {
    if (game.name !== this.game) {
      throw new ConfigError(`Episode ${hash} is of ${game.name}; the training seeds are of ${this.game}.`, {
        code: "wrong-game",
        data: { record: hash },
      });
    }
    if (!this.#seeds.has(seed)) {
      throw new ConfigError(
        `The episode of ${task} with seed ${seed} is not on a training seed (${this.#name}): it must not become training data. Play some: automem run ${this.game} --seeds train`,
        { code: "sealed-seed", data: { record: hash, task, seed } },
      );
    }
    return { record: hash, task, seed } as TrainingEpisode;
  }
}
