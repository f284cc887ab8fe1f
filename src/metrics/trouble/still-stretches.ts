/** Stretches of steps in which nothing was won: no reward above zero and no more progress than ever before. */
import { type StillStretch, stretchesKept } from "./trouble.ts";

const shortest = 2;

export class StillStretches {
  #longest: StillStretch[] = [];
  #from: number | undefined;
  #last = -1;
  #best = 0;
  #stillSteps = 0;

  get stillSteps(): number {
    return this.#stillSteps;
  }

  /** Progress before the first step. */
  start(progress: number): void {
    this.#best = progress;
  }

  /** What step `step` came to; steps in order. Returns true if it won something. */
  add(step: number, reward: number, progress: number): boolean {
    const won = reward > 0 || progress > this.#best;
    this.#best = Math.max(this.#best, progress);
    if (won) this.#close();
    else {
      this.#stillSteps++;
      this.#from ??= step;
    }
    this.#last = step;
    return won;
  }

  /** Longest first, of equal ones the earlier; the one under way included. */
  longest(): StillStretch[] {
    return this.#with(this.#from, this.#last);
  }

  #close(): void {
    this.#longest = this.#with(this.#from, this.#last);
    this.#from = undefined;
  }

  #with(fromStep: number | undefined, toStep: number): StillStretch[] {
    if (fromStep === undefined || toStep - fromStep + 1 < shortest) return this.#longest;
    const length = (stretch: StillStretch) => stretch.toStep - stretch.fromStep;
    return [...this.#longest, { fromStep, toStep }]
      .sort((one, other) => length(other) - length(one) || one.fromStep - other.fromStep)
      .slice(0, stretchesKept);
  }
}
