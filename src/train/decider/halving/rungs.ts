/**
 * The arithmetic of successive halving: how many points each rung trains, how long, and how many of them fit into the trials.
 * Source: Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016.
 */

/** Two configurations fit into a trial. */
export const CONFIGURATIONS_PER_TRIAL = 2;

/** Points of each rung: half of the one before, rounded down, until one is left. `points` from 1. */
export function rungSizes(points: number): number[] {
  const sizes = [points];
  for (let size = points; size > 1; ) {
    size = Math.floor(size / 2);
    sizes.push(size);
  }
  return sizes;
}

/** Trials that rungs of these sizes take, one rung after another. */
export function trialsNeeded(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + Math.ceil(size / CONFIGURATIONS_PER_TRIAL), 0);
}

/**
 * Epochs (or steps) of each rung: about twice those of the one before, and the last has all. `undefined` where a rung would have no more than the one
 * before: `full` is too small for so many.
 */
export function rungAmounts(full: number, rungs: number): number[] | undefined {
  const amounts = Array.from({ length: rungs }, (_, rung) => Math.max(1, Math.round(full / 2 ** (rungs - 1 - rung))));
  return amounts.every((amount, rung) => rung === 0 || amount > (amounts[rung - 1] as number)) ? amounts : undefined;
}

/** The most points, of those there are, that fit into the trials and into the epochs (or steps). 1 at the least. */
export function pointsThatFit(limits: { points: number; trials: number; full: number }): number {
  for (let points = limits.points; points > 1; points--) {
    const sizes = rungSizes(points);
    if (trialsNeeded(sizes) <= limits.trials && rungAmounts(limits.full, sizes.length) !== undefined) return points;
  }
  return 1;
}
