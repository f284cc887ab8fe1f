/** How an error budget is spent: over the tests of a campaign, and over the stages of one test. */

/**
 * Share of the campaign's budget for test `look` (from 1) of at most `looks`, proportional to look^-exponent; the shares sum to 1.
 * Exponent 0 gives equal shares. 0 past the last. Any fixed shares are valid (Bonferroni); they only move power between early and late tests.
 */
export function lookShare(look: number, looks: number, exponent: number): number {
  if (look > looks) return 0;
  let sum = 0;
  for (let index = 1; index <= looks; index++) sum += index ** -exponent;
  return look ** -exponent / sum;
}

/**
 * Error that one test may have spent once `fraction` of its most pairs are in: level * fraction^exponent (Kim and DeMets, Biometrika 74, 1987).
 * Exponent 1 spends evenly and stops early often, 3 is near O'Brien and Fleming.
 */
export function stageSpending(level: number, fraction: number, exponent: number): number {
  return level * Math.min(1, fraction) ** exponent;
}
