/** The mean of scores of which none may be missing: a mean over the rest would be another quantity, and mislead. */

/** `undefined` if one is missing, or there is none. */
export function wholeMean(scores: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const score of scores) {
    if (score === undefined) return undefined;
    sum += score;
  }
  return scores.length === 0 ? undefined : sum / scores.length;
}
