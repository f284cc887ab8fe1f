/** How many episodes would show a difference. */
import { normalQuantile } from "./normal.ts";

/** The test and the power the numbers are for, in words. */
export const sampleSizeMethod = "two-sided paired t-test at 5 %, 80 % power";

/**
 * Pairs of episodes (same task and seed in both runs) with which a two-sided paired t-test at 5 % finds, in 80 of 100 comparisons, a true mean
 * difference of `difference` when paired differences have the standard deviation `deviation`. At least 2.
 * Normal approximation with Guenther's correction (The American Statistician 35, 1981), which agrees with the exact answer to one pair for five pairs or more.
 * `undefined` where no number follows: no difference, or no deviation.
 */
export function pairsToShow(difference: number, deviation: number): number | undefined {
  const effect = Math.abs(difference) / deviation;
  if (!Number.isFinite(effect) || effect === 0) return undefined;
  const level = normalQuantile(0.975);
  const power = normalQuantile(0.8);
  return Math.max(2, Math.ceil(((level + power) / effect) ** 2 + level ** 2 / 2));
}
