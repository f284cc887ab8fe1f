/** Scores of a run: means of final progress, said together with how many episodes are missing. */
import { twoSidedQuantile } from "./student-t.ts";

/** An episode that was planned. `progress` is its final share in [0, 1]; `undefined` while it is owed or failed: missing, never 0. */
export interface EpisodeScore {
  task: string;
  progress: number | undefined;
}

export interface MeanScore {
  /** Mean over the episodes that are there, in [0, 1]; `undefined` if none is. */
  mean: number | undefined;
  /** Ends of the 95 % interval, within [0, 1]; `undefined` below two episodes. */
  low: number | undefined;
  high: number | undefined;
  count: number;
  missing: number;
}

export interface Progression extends MeanScore {
  method: typeof intervalMethod;
  /** By task, in the order they first appear. */
  tasks: (MeanScore & { task: string })[];
}

/** Episodes are taken as independent draws of the task mix that was planned. */
export const intervalMethod = "mean with Student's t interval, 95 %, clipped to [0, 1]";

/**
 * Mean progress with its interval, over all and by task. Over several tasks each episode counts the same.
 * The interval covers what other seeds would give; it says nothing about the missing episodes.
 */
export function progression(scores: readonly EpisodeScore[]): Progression {
  const byTask = new Map<string, EpisodeScore[]>();
  for (const score of scores) {
    const group = byTask.get(score.task);
    if (group) group.push(score);
    else byTask.set(score.task, [score]);
  }
  const tasks = [...byTask].map(([task, group]) => ({ task, ...meanScore(group) }));
  return { ...meanScore(scores), method: intervalMethod, tasks };
}

/** The same, whatever the tasks. Pure. */
export function meanScore(scores: readonly Pick<EpisodeScore, "progress">[]): MeanScore {
  const values = scores.flatMap(({ progress }) => (progress === undefined ? [] : [progress]));
  const count = values.length;
  const missing = scores.length - count;
  if (count === 0) return { mean: undefined, low: undefined, high: undefined, count, missing };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, low: undefined, high: undefined, count, missing };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = twoSidedQuantile(count - 1, 0.95) * Math.sqrt(variance / count);
  return { mean, low: Math.max(0, mean - half), high: Math.min(1, mean + half), count, missing };
}
