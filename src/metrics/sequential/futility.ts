/**
 * When more pairs are unlikely to help: the predictive probability of success (Spiegelhalter, Freedman and Blackburn, Controlled Clinical
 * Trials 7, 1986), with a flat prior on the mean and normal errors. It only ever stops a test early, so it cannot add false accepts.
 */
import { normalProbability, normalQuantile } from "../normal.ts";

/**
 * Chance, given `differences` so far, that a one-sided test at `level` over `planned` pairs in all would succeed. Scale-free.
 * 1 before there is any difference from 0 to predict from. The order of the differences does not matter, to the last bit: on the edge of a
 * limit it would decide otherwise.
 */
export function predictedSuccess(differences: readonly number[], planned: number, level: number): number {
  const count = differences.length;
  const sorted = differences.toSorted((one, other) => one - other);
  const squares = sorted.reduce((sum, difference) => sum + difference * difference, 0);
  if (squares === 0) return 1;
  const now = sorted.reduce((sum, difference) => sum + difference, 0) / Math.sqrt(squares);
  const needed = normalQuantile(1 - level);
  if (planned <= count) return now >= needed ? 1 : 0;
  return normalProbability((now * Math.sqrt(planned / count) - needed) / Math.sqrt((planned - count) / count));
}
