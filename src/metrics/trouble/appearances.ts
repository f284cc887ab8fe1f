/**
 * When things were in sight, in runs of consecutive steps: how many runs, and when the last one before the present ended. Bounded: of more
 * than `capacity` things, the half unseen for longest is forgotten.
 */

export interface Appearances {
  runs: number;
  lastStep: number;
  /** Last step of the run before the last one. */
  endBefore: number | undefined;
}

export class InSight {
  readonly #seen = new Map<string, Appearances>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(thing: string): Appearances | undefined {
    return this.#seen.get(thing);
  }

  /** Steps must not decrease; once a step is enough. */
  add(thing: string, step: number): void {
    const seen = this.#seen.get(thing);
    if (seen === undefined) {
      this.#seen.set(thing, { runs: 1, lastStep: step, endBefore: undefined });
      if (this.#seen.size > this.#capacity) this.#forget();
      return;
    }
    if (seen.lastStep < step - 1) {
      seen.runs++;
      seen.endBefore = seen.lastStep;
    }
    seen.lastStep = step;
  }

  #forget(): void {
    const oldestFirst = [...this.#seen].sort(([, one], [, other]) => one.lastStep - other.lastStep);
    for (const [thing] of oldestFirst.slice(0, Math.ceil(this.#capacity / 2))) this.#seen.delete(thing);
  }
}

/** The last step before `step` in which the thing was in sight, having gone from it since; `undefined` if there is none. */
export function seenBefore(seen: Appearances | undefined, step: number): number | undefined {
  if (seen === undefined) return undefined;
  return seen.lastStep < step ? seen.lastStep : seen.endBefore;
}
