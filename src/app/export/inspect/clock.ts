/** When things in an episode happened, as far as the log of times tells: counted on from the moment the run was made. */
import type { StepTimes } from "../../../store/times.ts";

export class EpisodeClock {
  readonly #steps: Map<number, StepTimes>;
  readonly #startMs: number;
  #stepIndex = 0;
  #call = 0;
  /** Milliseconds up to the present step, and within it. */
  #before = 0;
  #within = 0;

  /** `startMs` is since 1970, UTC. Without times everything happens at the start. */
  constructor(startMs: number, times: readonly StepTimes[]) {
    this.#startMs = startMs;
    this.#steps = new Map(times.map((step) => [step.stepIndex, step]));
  }

  /** Goes on to a step; earlier ones are over. */
  enter(stepIndex: number): void {
    while (this.#stepIndex < stepIndex) {
      this.#before += this.#steps.get(this.#stepIndex)?.totalMs ?? 0;
      this.#stepIndex++;
      this.#within = 0;
      this.#call = 0;
    }
  }

  /** Passes the next model call of the step; returns its seconds, `undefined` if they were not kept. */
  passCall(): number | undefined {
    const ms = this.#steps.get(this.#stepIndex)?.calls[this.#call++]?.totalMs;
    this.#within += ms ?? 0;
    return ms === undefined ? undefined : ms / 1000;
  }

  /** Seconds since the episode began. */
  get seconds(): number {
    return Math.round(this.#before + this.#within) / 1000;
  }

  /** ISO 8601. */
  get timestamp(): string {
    return new Date(this.#startMs + this.#before + this.#within).toISOString();
  }
}
