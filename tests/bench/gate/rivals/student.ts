/** Tests on Student's t. */
import { normalProbability } from "../../../../src/metrics/normal.ts";
import { SignFlipWalk, stepsPerUnit } from "../../../../src/metrics/sequential/sign-flip.ts";
import { stageSpending } from "../../../../src/metrics/sequential/spending.ts";
import { twoSidedQuantile } from "../../../../src/metrics/student-t.ts";
import { gaveUp, isStage, Moments, type Rival, type Staged } from "./rival.ts";

/** No look before the last pair: Student's paired t-test. */
export function fixedT(pairs: number): Rival {
  return {
    name: `paired t, ${pairs} pairs`,
    begin: (level) => {
      const moments = new Moments();
      return (difference) => {
        moments.add(difference);
        if (moments.count < pairs) return undefined;
        return moments.t() >= tQuantile(pairs - 1, level) ? "accept" : "reject";
      };
    },
  };
}

/** The same stages with t quantiles at the levels that an independent-increments normal walk would need. */
export function groupT(settings: Staged): Rival {
  return {
    name: "group-sequential t",
    begin: (level) => {
      const boundaries = boundariesFor(level, settings);
      const moments = new Moments();
      const seen: number[] = [];
      return (difference) => {
        seen.push(difference);
        moments.add(difference);
        if (!isStage(seen.length, settings)) return undefined;
        const nominal = boundaries.get(seen.length) ?? 0;
        if (nominal > 0 && moments.t() >= tQuantile(seen.length - 1, nominal)) return "accept";
        return gaveUp(seen, level, settings);
      };
    },
  };
}

const boundaryCache = new Map<string, Map<number, number>>();

/** Nominal one-sided levels by stage, by exact recursion over a normal walk on a fine grid (Armitage, McPherson and Rowe 1969). */
function boundariesFor(level: number, settings: Staged): Map<number, number> {
  const key = JSON.stringify([level, settings.first, settings.every, settings.last, settings.exponent]);
  const kept = boundaryCache.get(key);
  if (kept) return kept;
  const walk = new SignFlipWalk();
  const found = new Map<number, number>();
  // A walk of many small equal steps is a normal one; 16 of them stand for a pair.
  let stepped = 0;
  for (let count = 1; count <= settings.last; count++) {
    for (; stepped < 16 * count; stepped++) walk.add(1 / stepsPerUnit);
    if (!isStage(count, settings)) continue;
    const { boundary } = walk.stage(stageSpending(level, count / settings.last, settings.exponent));
    found.set(
      count,
      boundary === undefined ? 0 : normalProbability((-boundary * stepsPerUnit) / Math.sqrt(16 * count)),
    );
  }
  boundaryCache.set(key, found);
  return found;
}

const quantileCache = new Map<string, number>();

/** The t that is exceeded with probability `level`. */
function tQuantile(degrees: number, level: number): number {
  const key = `${degrees} ${level}`;
  const kept = quantileCache.get(key) ?? twoSidedQuantile(degrees, 1 - 2 * level);
  quantileCache.set(key, kept);
  return kept;
}
