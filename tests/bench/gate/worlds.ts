/**
 * Scores as the games give them, made up: what one arm gets on one seed. Each world says how seeds differ, how episodes vary on a seed, and
 * what a true gain looks like there. Scores are in [0, 1].
 */
import type { Chance } from "./chance.ts";

export interface World {
  name: string;
  about: string;
  /** What a seed is like for both arms. */
  seed(chance: Chance): number[];
  /** Score of one arm on the seed; `gain`: how much better its true mean is, in shares. */
  play(seed: readonly number[], gain: number, chance: Chance): number;
  /** Where a candidate's episodes differ from the incumbent's although its mean does not. Default: as `play`. */
  candidate?: World["play"];
  /** Episodes that one score takes (tasks). */
  episodes: number;
}

/** Clipped at 0 and 1, in steps of an achievement. */
const crafter: World = {
  name: "Crafter-like",
  about: "normal, sd 0.12 over all, correlation 0.3 by seed, steps of 1/22",
  episodes: 1,
  seed: (chance) => [chance.normal()],
  play: ([seed = 0], gain, chance) =>
    clip(Math.round(22 * (0.4 + gain + 0.12 * (Math.sqrt(0.3) * seed + Math.sqrt(0.7) * chance.normal()))) / 22),
};

const minihack: World = {
  name: "MiniHack-like",
  about: "mean of 8 tasks, each won or lost; chances 0.05 to 0.7, changed by the seed",
  episodes: 8,
  seed: (chance) => Array.from({ length: 8 }, () => chance.normal()),
  play: (seed, gain, chance) => {
    let won = 0;
    for (let task = 0; task < 8; task++) {
      const base = 0.05 + (0.65 * task) / 7;
      const odds = Math.log(base / (1 - base)) + 0.8 * (seed[task] ?? 0);
      if (chance.uniform() < 1 / (1 + Math.exp(-odds)) + gain) won++;
    }
    return won / 8;
  },
};

/** Mostly nothing; now and then very deep. A gain is a larger chance to get anywhere, and to get further. */
const nethack: World = {
  name: "NetHack-like",
  about: "0 on four seeds of five, else heavy tailed (Pareto 1.5 from 0.02, at most 1): mostly ties",
  episodes: 1,
  seed: (chance) => [chance.uniform()],
  play: ([seed = 0], gain, chance) => {
    const anywhere = Math.min(0.9, 0.2 + 4 * gain);
    if (0.5 * seed + 0.5 * chance.uniform() > triangle(anywhere)) return 0;
    return Math.min(1, depthScale(gain, anywhere) * (1 - chance.uniform()) ** (-1 / 1.5));
  },
};

const heavy: World = {
  name: "heavy tails",
  about: "Student's t with 2.5 degrees of freedom around 0.5, scale 0.06, clipped to [0, 1]",
  episodes: 1,
  seed: (chance) => [0.05 * chance.normal()],
  play: ([seed = 0], gain, chance) => clip(0.5 + gain + seed + 0.06 * studentT(chance)),
};

export const worlds: readonly World[] = [crafter, minihack, nethack, heavy];

/** No gain on average, but the two arms are not alike: the assumption of symmetry is broken, towards the candidate and against it. */
export const skewedWorlds: readonly World[] = [
  {
    ...crafter,
    name: "often a little better, seldom much worse",
    about: "Crafter-like; the candidate gains 3 points on 9 seeds of 10 and loses 27 on the tenth",
    candidate: (seed, gain, chance) => crafter.play(seed, gain + (chance.uniform() < 0.9 ? 0.03 : -0.27), chance),
  },
  {
    ...crafter,
    name: "seldom much better, often a little worse",
    about: "Crafter-like; the candidate loses 3 points on 9 seeds of 10 and gains 27 on the tenth",
    candidate: (seed, gain, chance) => crafter.play(seed, gain + (chance.uniform() < 0.9 ? -0.03 : 0.27), chance),
  },
  {
    ...crafter,
    name: "the same on average, three times as uncertain",
    about: "normal around 0.5 without steps; sd 0.05 against 0.15",
    play: (_, gain, chance) => clip(0.5 + gain + 0.05 * chance.normal()),
    candidate: (_, gain, chance) => clip(0.5 + gain + 0.15 * chance.normal()),
  },
];

const scales = new Map<number, number>();

/** Where the Pareto begins, so that the mean is `gain` above that without any. The mean from s on, cut at 1, is 3 s - 2 s^1.5. */
function depthScale(gain: number, anywhere: number): number {
  const kept = scales.get(gain);
  if (kept !== undefined) return kept;
  const mean = (0.2 * (3 * 0.02 - 2 * 0.02 ** 1.5) + gain) / anywhere;
  let low = 0;
  let high = 1;
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (3 * middle - 2 * middle ** 1.5 < mean) low = middle;
    else high = middle;
  }
  scales.set(gain, low);
  return low;
}

/** The value that the mean of two uniform draws stays below with this probability. */
function triangle(probability: number): number {
  return probability <= 0.5 ? Math.sqrt(probability / 2) : 1 - Math.sqrt((1 - probability) / 2);
}

function studentT(chance: Chance): number {
  // 2.5 degrees: the chi-square is a gamma of shape 1.25, drawn as one of shape 1 and a small rest by Marsaglia and Tsang 2000.
  const shape = 1.25 - 1 / 3;
  for (;;) {
    const normal = chance.normal();
    const cube = (1 + normal / Math.sqrt(9 * shape)) ** 3;
    if (cube <= 0) continue;
    if (Math.log(1 - chance.uniform()) < 0.5 * normal * normal + shape - shape * cube + shape * Math.log(cube)) {
      return chance.normal() / Math.sqrt((2 * shape * cube) / 2.5);
    }
  }
}

function clip(score: number): number {
  return Math.min(1, Math.max(0, score));
}
