/** Whether one of two paired counts is larger than chance would make it: the exact test of McNemar (Psychometrika 12, 1947). */

/**
 * Two-sided p-value of `first` against `second` events, each as likely to fall on either side. 1 without events; 5 against 0: 0.0625.
 * Both are whole and >= 0.
 */
export function discordance(first: number, second: number): number {
  const total = first + second;
  let term = 0.5 ** total;
  let tail = 0;
  for (let index = 0; index <= Math.min(first, second); index++) {
    tail += term;
    term *= (total - index) / (index + 1);
  }
  return Math.min(1, 2 * tail);
}
