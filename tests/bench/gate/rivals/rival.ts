/**
 * A test that the gate could have been, for the simulation: it looks at differences one after the other and may end at any of them.
 * All are one-sided, see the level of their look, and give up by the same rule, so that only the tests differ.
 */
import { predictedSuccess } from "../../../../src/metrics/sequential/futility.ts";

export type Ending = "accept" | "reject" | undefined;

export interface Rival {
  name: string;
  /** Begins a look; the returned function is told each difference and says whether the look ends there. */
  begin(level: number): (difference: number) => Ending;
}

/** Pairs before the first stage, from stage to stage, at most; how late error is spent; when to give up. As in the settings of the gate. */
export interface Staged {
  first: number;
  every: number;
  last: number;
  exponent: number;
  futility: number;
}

export function isStage(count: number, { first, every, last }: Staged): boolean {
  return count === last || (count >= first && (count - first) % every === 0);
}

export function gaveUp(seen: readonly number[], level: number, { last, futility }: Staged): Ending {
  if (seen.length >= last) return "reject";
  return predictedSuccess(seen, last, level) < futility ? "reject" : undefined;
}

/** A test that may accept after every pair, once the log of its e-value reaches 1 / level. */
export function accumulating(
  settings: Staged,
  level: number,
  next: (difference: number) => number,
): (difference: number) => Ending {
  const seen: number[] = [];
  return (difference) => {
    seen.push(difference);
    if (next(difference) >= -Math.log(level)) return "accept";
    return isStage(seen.length, settings) ? gaveUp(seen, level, settings) : undefined;
  };
}

/** log of the mean of what these are the logs of. */
export function logMean(logs: readonly number[]): number {
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0) / logs.length);
}

export class Moments {
  count = 0;
  sum = 0;
  squares = 0;

  add(value: number): void {
    this.count++;
    this.sum += value;
    this.squares += value * value;
  }

  /** Student's t; 0 without spread, so that equal differences never accept. */
  t(): number {
    const variance = (this.squares - (this.sum * this.sum) / this.count) / (this.count - 1);
    return variance > 1e-12 ? this.sum / Math.sqrt(this.count * variance) : 0;
  }
}
