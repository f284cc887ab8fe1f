/** A look at something that changes, shared by all who look on: however many ask, it is made once in a while; where it takes long, less often. */
import type { Clock } from "../../platform/clock.ts";

export interface LookTimes {
  clock: Pick<Clock, "monotonicMs">;
  /** Milliseconds for which what was seen counts as the present. */
  everyMs: number;
}

export class SharedLook<Seen> {
  readonly #look: () => Promise<Seen>;
  readonly #times: LookTimes;
  #seen: Promise<Seen> | undefined;
  #freshUntilMs = 0;

  constructor(look: () => Promise<Seen>, times: LookTimes) {
    this.#look = look;
    this.#times = times;
  }

  /** What was seen last, or is seen now. Throws what the look threw; the next one who asks looks again. */
  now(): Promise<Seen> {
    const { clock, everyMs } = this.#times;
    const startMs = clock.monotonicMs();
    if (this.#seen !== undefined && startMs < this.#freshUntilMs) return this.#seen;
    this.#freshUntilMs = Number.POSITIVE_INFINITY;
    this.#seen = this.#look().finally(() => {
      const endMs = clock.monotonicMs();
      this.#freshUntilMs = endMs + Math.max(0.9 * everyMs, 4 * (endMs - startMs));
    });
    return this.#seen;
  }
}
