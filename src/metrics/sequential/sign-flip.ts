/**
 * Group-sequential sign-flip test of paired differences, exact in small samples.
 * If neither arm is better, each difference is as likely d as -d whatever its size; so, the sizes being given, the 2^n patterns of signs are equally
 * likely, and the chance that their sum would have crossed a boundary by now can be computed outright. The boundary of each stage is the
 * lowest that keeps the chance of having crossed any so far within what may be spent by that stage.
 * Sources: Fisher 1935 (the test); Mehta, Patel, Senchaudhuri and Weissfeld, "Exact permutational group sequential tests", Biometrika 81, 1994 (the stages);
 * Lan and DeMets, Biometrika 70, 1983 (spending); Pagano and Tritchler, JASA 78, 1983 (the distribution in polynomial time).
 */

/** One stage as it came out. */
export interface SignFlipStage {
  /** Sum of the differences so far. */
  sum: number;
  /**
   * Chance, under no difference, to have crossed at an earlier stage or to be at least as high as this now (stage-wise ordering).
   * In (0, 1].
   */
  value: number;
  /** Chance that may have been spent by this stage. */
  threshold: number;
  /** value <= threshold. */
  crossed: boolean;
  /** The lowest sum that crosses at this stage; `undefined` where none can yet. */
  boundary: number | undefined;
}

/** Differences are rounded to this many steps for 1; rounding treats d and -d alike, so the test stays exact for the rounded ones. */
export const stepsPerUnit = 2048;

/**
 * The walk of the sum of differences under all sign patterns, stage by stage. Mutable: `add` the differences of a stage, then call `stage` once.
 * Differences are in [-1, 1]. A difference of 0 is a tie and moves nothing. Deterministic.
 */
export class SignFlipWalk {
  /** Chance of each sum that has not crossed; index 0 is the sum -reach. */
  #alive = new Float64Array([1]);
  #reach = 0;
  #sum = 0;
  #spent = 0;

  add(difference: number): void {
    const signed = Math.round(Math.abs(difference) * stepsPerUnit) * Math.sign(difference);
    const size = Math.abs(signed);
    this.#sum += signed;
    if (size === 0) return;
    const before = this.#alive;
    const after = new Float64Array(before.length + 2 * size);
    for (let index = 0; index < before.length; index++) {
      const half = (before[index] as number) / 2;
      if (half === 0) continue;
      (after[index] as number) += half;
      (after[index + 2 * size] as number) += half;
    }
    this.#alive = after;
    this.#reach += size;
  }

  /** `mayBeSpent`: chance of crossing, under no difference, allowed up to and including this stage; never lower than at an earlier stage. */
  stage(mayBeSpent: number): SignFlipStage {
    const here = Math.max(0, this.#sum + this.#reach);
    let atLeast = 0;
    for (let index = this.#alive.length - 1; index >= here; index--) atLeast += this.#alive[index] as number;
    const value = Math.min(1, this.#spent + atLeast);
    const boundary = this.#remove(mayBeSpent);
    return { sum: this.#sum / stepsPerUnit, value, threshold: mayBeSpent, crossed: value <= mayBeSpent, boundary };
  }

  /** Takes the highest sums out of the walk, as many as may be spent. */
  #remove(mayBeSpent: number): number | undefined {
    let above = 0;
    let crossing: number | undefined;
    let lowest = this.#alive.length;
    while (lowest > 0) {
      const chance = this.#alive[lowest - 1] as number;
      if (this.#spent + above + chance > mayBeSpent) break;
      above += chance;
      lowest--;
      if (chance > 0) crossing = lowest;
    }
    this.#spent += above;
    this.#alive.fill(0, lowest);
    return crossing === undefined ? undefined : (crossing - this.#reach) / stepsPerUnit;
  }
}
