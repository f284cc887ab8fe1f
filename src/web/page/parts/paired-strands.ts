/** Seeds that went alike from one run to the next, told together: scores of many games are few, and lines upon lines look like one. Pure. */

export interface Strand {
  /** Index of the run it comes from; it goes to the next. */
  from: number;
  before: number;
  score: number;
  seeds: number;
}

/** The fewest seeds first, so that the thick ones lie above. Missing scores end a line. */
export function strands(episodes: readonly { scores: readonly (number | null)[] }[]): Strand[] {
  const found = new Map<string, Strand>();
  for (const { scores } of episodes) {
    for (const [from, before] of scores.slice(0, -1).entries()) {
      const score = scores[from + 1];
      if (before === null || score === null || score === undefined) continue;
      const key = `${from} ${before} ${score}`;
      const strand = found.get(key);
      if (strand === undefined) found.set(key, { from, before, score, seeds: 1 });
      else strand.seeds += 1;
    }
  }
  return [...found.values()].sort((one, other) => one.seeds - other.seeds);
}

/** Pixels: 1.5 of one seed, at most 9. */
export function thickness(seeds: number): number {
  return Math.min(9, 1.5 * Math.sqrt(seeds));
}
