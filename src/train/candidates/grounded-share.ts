/** How much of what a turn wrote or looked for it had before its eyes: a model that copies its prompt's example, or makes names up, has less. */

/**
 * Share in [0, 1] of the different words of `said` that stand in `seen`, whatever their case; 1 if nothing was said. Words are runs of letters and
 * digits.
 */
export function groundedShare(said: readonly string[], seen: readonly string[]): number {
  const words = new Set(said.flatMap(wordsOf));
  if (words.size === 0) return 1;
  const known = new Set(seen.flatMap(wordsOf));
  return [...words].filter((word) => known.has(word)).length / words.size;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
