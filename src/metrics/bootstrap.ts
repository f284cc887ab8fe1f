/**
 * Interval of a mean by the bootstrap: bias-corrected and accelerated (BCa; Efron 1987, Efron and Tibshirani 1993, chapter 14).
 * Deterministic: the same values in the same order give the same interval.
 */
import { normalProbability, normalQuantile } from "./normal.ts";
import { seededIntegers } from "./seeded-random.ts";

export interface BootstrapOptions {
  resamples: number;
  seed: number;
  /** Share of the distribution inside, in (0, 1). */
  coverage: number;
}

export const bootstrapDefaults: BootstrapOptions = { resamples: 10_000, seed: 20_260_701, coverage: 0.95 };

/** How the intervals are made, in words. */
export const bootstrapMethod = "bootstrap (BCa), 95 %, 10,000 resamples of episodes, seed 20260701";

/**
 * The interval of the mean of `values`, which never reaches outside the smallest and largest value. `undefined` below two values; of equal
 * values it has no width. With few values (below about ten) it is too narrow, as any bootstrap interval is.
 */
export function bootstrapMean(
  values: readonly number[],
  options: BootstrapOptions = bootstrapDefaults,
): { low: number; high: number } | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  const mean = sumOf(values) / count;
  const squares = sumOf(values.map((value) => (value - mean) ** 2));
  if (squares <= 1e-24 * count * Math.max(1, mean * mean)) return { low: mean, high: mean };
  const means = resampledMeans(values, options);
  const bias = normalQuantile(shareBelow(means, mean));
  const acceleration = sumOf(values.map((value) => (value - mean) ** 3)) / (6 * squares ** 1.5);
  const end = (probability: number) => {
    const shifted = bias + normalQuantile(probability);
    return quantile(means, normalProbability(bias + shifted / (1 - acceleration * shifted)));
  };
  const outside = (1 - options.coverage) / 2;
  return { low: end(outside), high: end(1 - outside) };
}

/** Sorted. */
function resampledMeans(values: readonly number[], { resamples, seed }: BootstrapOptions): Float64Array {
  const pick = seededIntegers(seed);
  const means = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++) sum += values[pick(values.length)] ?? 0;
    means[round] = sum / values.length;
  }
  return means.sort();
}

/** Share of the resampled means below the mean, equal ones counted by half; sums in another order may differ in their last bits. */
function shareBelow(means: Float64Array, mean: number): number {
  const slack = 1e-12 * Math.max(1, Math.abs(mean));
  let below = 0;
  for (const value of means) {
    if (value < mean - slack) below++;
    else if (value <= mean + slack) below += 0.5;
  }
  return below / means.length;
}

/** Linear between the sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const place = Math.min(Math.max(share, 0), 1) * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? 0;
  return low + (high - low) * (place - Math.floor(place));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
