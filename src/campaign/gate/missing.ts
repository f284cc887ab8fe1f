/** Missing episodes that forbid a comparison. */
import { discordance } from "../../metrics/sequential/discordance.ts";
import type { SeedPair } from "./contract.ts";

/**
 * One sentence if the two arms miss episodes at different rates, else `undefined`: the exact two-sided test of McNemar on the seeds that
 * only one arm lacks, at `level`. Five against none differ at 0.1. Seeds that both lack say nothing about a difference.
 * `level` 0 asks for no such test.
 */
export function unevenMissing(pairs: readonly SeedPair[], level: number): string | undefined {
  const candidate = pairs.filter((pair) => pair.candidate === undefined && pair.incumbent !== undefined).length;
  const incumbent = pairs.filter((pair) => pair.incumbent === undefined && pair.candidate !== undefined).length;
  const chance = discordance(candidate, incumbent);
  if (chance > level || level === 0) return undefined;
  return (
    `Episodes are missing unequally: of ${pairs.length} seeds ${candidate} only for the candidate and ${incumbent} only for the incumbent ` +
    `(p = ${chance.toPrecision(2)}, limit ${level}). If the hard ones are missing, a comparison of the rest misleads: play them first.`
  );
}
