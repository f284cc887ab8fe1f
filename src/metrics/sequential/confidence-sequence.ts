/**
 * An interval of a mean that may be read at any time, also when a test stopped because of what was seen.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences",
 * Annals of Statistics 52, 2024, equation for the two-sided normal mixture. It holds for large counts; with fewer than about ten values it is rough.
 */

/** The count at which the interval is about as narrow as it can be. */
const tightestAt = 30;

/** `undefined` below two values and for equal ones, whose spread says nothing. `coverage` in (0, 1). */
export function confidenceSequence(values: readonly number[], coverage = 0.95): readonly [number, number] | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  if (variance <= 1e-24) return undefined;
  const outside = 1 - coverage;
  const tuning = (-2 * Math.log(outside) + Math.log(-2 * Math.log(outside) + 1)) / tightestAt;
  const scaled = count * tuning + 1;
  const half = Math.sqrt(variance * ((2 * scaled) / (count * count * tuning)) * Math.log(Math.sqrt(scaled) / outside));
  return [mean - half, mean + half];
}
