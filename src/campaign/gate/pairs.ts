/** Plain facts about pairs that every gate needs. */
import type { SeedPair } from "./contract.ts";

/** The pairs. Throws `RangeError` for a key that occurs twice or a score outside [0, 1]. */
export function checkedPairs(pairs: readonly SeedPair[]): readonly SeedPair[] {
  const seen = new Set<string>();
  for (const { key, candidate, incumbent } of pairs) {
    if (seen.has(key)) throw new RangeError(`The pair "${key}" was given to the gate twice; each seed counts once.`);
    seen.add(key);
    for (const score of [candidate, incumbent]) {
      if (score === undefined || (score >= 0 && score <= 1)) continue;
      throw new RangeError(`The pair "${key}" has the score ${score}; progression is a share in [0, 1].`);
    }
  }
  return pairs;
}

/** candidate - incumbent of the pairs that both finished, in order. */
export function differencesOf(pairs: readonly SeedPair[]): number[] {
  return pairs.flatMap(({ candidate, incumbent }) =>
    candidate === undefined || incumbent === undefined ? [] : [candidate - incumbent],
  );
}

/** Those missing in each arm; a pair missing in both counts in both. */
export function missingIn(pairs: readonly SeedPair[]): { candidate: number; incumbent: number } {
  return {
    candidate: pairs.filter(({ candidate }) => candidate === undefined).length,
    incumbent: pairs.filter(({ incumbent }) => incumbent === undefined).length,
  };
}

export function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
