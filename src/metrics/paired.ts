/** Two runs on the same episodes: what the second did better, episode by episode. */
import { bootstrapMean } from "./bootstrap.ts";
import { pairsToShow } from "./sample-size.ts";

/** An episode both runs planned. `progress` in [0, 1]; `undefined` where it is missing (owed, failed, under way). */
export interface Pair {
  baseline: number | undefined;
  other: number | undefined;
}

export interface PairedDifference {
  /** Pairs that both runs planned, and those both finished. */
  planned: number;
  pairs: number;
  /** Of the planned pairs, those missing in the baseline and in the other run; one missing in both counts in both. */
  missingInBaseline: number;
  missingInOther: number;
  /** Mean of other - baseline over the finished pairs; `undefined` without any. */
  mean: number | undefined;
  /** Bootstrap interval of the mean; `undefined` below two pairs. */
  low: number | undefined;
  high: number | undefined;
  /** Standard deviation of the differences; `undefined` below two pairs. */
  deviation: number | undefined;
  /** Pairs that would show a true difference of this size; see `pairsToShow`. */
  pairsToShow: number | undefined;
  /**
   * Where pairs are missing: the mean over all planned pairs if what is missing had gone as badly, or as well, for the other run as it
   * could (0 or 1). The truth over the planned pairs lies between.
   */
  worst: number | undefined;
  best: number | undefined;
}

export function pairedDifference(planned: readonly Pair[]): PairedDifference {
  const differences = planned.flatMap(({ baseline, other }) =>
    baseline === undefined || other === undefined ? [] : [other - baseline],
  );
  const missingInBaseline = planned.filter(({ baseline }) => baseline === undefined).length;
  const missingInOther = planned.filter(({ other }) => other === undefined).length;
  const pairs = differences.length;
  const mean = meanOf(differences);
  const interval = bootstrapMean(differences);
  const deviation = deviationOf(differences);
  const someMissing = missingInBaseline + missingInOther > 0;
  return {
    planned: planned.length,
    pairs,
    missingInBaseline,
    missingInOther,
    mean,
    low: interval?.low,
    high: interval?.high,
    deviation,
    pairsToShow: mean === undefined || deviation === undefined ? undefined : pairsToShow(mean, deviation),
    worst: someMissing ? meanOf(planned.map(({ baseline, other }) => (other ?? 0) - (baseline ?? 1))) : undefined,
    best: someMissing ? meanOf(planned.map(({ baseline, other }) => (other ?? 1) - (baseline ?? 0))) : undefined,
  };
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Equal values have 0, not the last bits of their sum. */
function deviationOf(values: readonly number[]): number | undefined {
  const mean = meanOf(values);
  if (mean === undefined || values.length < 2) return undefined;
  if (values.every((value) => Math.abs(value - mean) < 1e-12)) return 0;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
