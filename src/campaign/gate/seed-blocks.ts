/**
 * Episodes of several tasks, put together by seed. The unit that a gate may flip is a seed: both arms met it alike, task by task, and what a
 * campaign decides on is the mean over tasks. One task gives one pair a seed.
 */
import { wholeMean } from "../../metrics/whole-mean.ts";
import type { SeedPair } from "./contract.ts";

/** An episode that both arms play. Scores in [0, 1]; `undefined` while missing. */
export interface TaskPair {
  task: string;
  seed: number;
  candidate: number | undefined;
  incumbent: number | undefined;
}

/**
 * One pair a seed, in the order the seeds first appear: means over the tasks. An arm that lacks an episode of a seed lacks the seed, because a
 * mean over other tasks is another quantity. Throws `RangeError` for a task and seed given twice, or seeds with different tasks.
 */
export function seedBlocks(pairs: readonly TaskPair[]): SeedPair[] {
  const bySeed = Map.groupBy(pairs, ({ seed }) => seed);
  const tasks = new Set(pairs.map(({ task }) => task));
  return [...bySeed].map(([seed, block]) => {
    if (block.length !== tasks.size || new Set(block.map(({ task }) => task)).size !== tasks.size) {
      throw new RangeError(`Seed ${seed} was given ${block.length} episodes; each of ${tasks.size} tasks has one.`);
    }
    return {
      key: `seed ${seed}`,
      candidate: wholeMean(block.map(({ candidate }) => candidate)),
      incumbent: wholeMean(block.map(({ incumbent }) => incumbent)),
    };
  });
}
