/** Draws for the simulations, from a seed. */
import { seededIntegers } from "../../../src/metrics/seeded-random.ts";

export interface Chance {
  /** In [0, 1). */
  uniform(): number;
  normal(): number;
}

export function chanceFrom(seed: number): Chance {
  const integers = seededIntegers(seed);
  const uniform = () => integers(2 ** 32) / 2 ** 32;
  let spare: number | undefined;
  // Box and Muller 1958: two at a time.
  const normal = () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}
