/** The safe t-test. */
import { accumulating, logMean, Moments, type Rival, type Staged } from "./rival.ts";

/**
 * Safe t-test, one-sided: the scale-invariant likelihood ratio mixed over effects > 0 on a grid (Wang and Ramdas 2025, Theorem 4.9; Grunwald
 * and Koolen 2025 for mean <= 0). Exact for normal differences only.
 */
export function safeT(settings: Staged, effects = [0.2, 0.35, 0.5, 0.8]): Rival {
  return {
    name: "safe t-test",
    begin: (level) => {
      const moments = new Moments();
      return accumulating(settings, level, (difference) => {
        moments.add(difference);
        if (moments.squares === 0) return 0;
        return logMean(effects.map((effect) => logScaleInvariantRatio(moments, effect)));
      });
    },
  };
}

function logScaleInvariantRatio({ count, sum, squares }: Moments, effect: number): number {
  // Density of the direction of a normal vector with mean effect * (1, ..., 1), against effect 0: an integral over the unknown scale.
  const along = (effect * sum) / Math.sqrt(squares);
  const integral = scaleIntegral(count, along);
  return -(count * effect * effect) / 2 + integral - scaleIntegral(count, 0);
}

/** log of the integral over r > 0 of r^(n-1) exp(-r^2/2 + r a). */
function scaleIntegral(count: number, along: number): number {
  const mode = (along + Math.sqrt(along * along + 4 * (count - 1))) / 2 || 0.5;
  const logAt = (r: number) => (count - 1) * Math.log(r) - (r * r) / 2 + r * along;
  const top = logAt(mode);
  const low = Math.max(1e-9, mode - 8);
  const steps = 64;
  const width = (mode + 8 - low) / steps;
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += Math.exp(logAt(low + (step + 0.5) * width) - top);
  return top + Math.log(sum * width);
}
