/** Measures the steps that are really played, for the log of times and for progress. */
import type { Clock } from "../platform/clock.ts";
import type { StepTimes } from "../store/times.ts";
import type { LiveCall } from "./replay-model.ts";

export class StepWatch {
  readonly #clock: Clock;
  #startMs: number;
  #gameMs = 0;
  #calls: LiveCall[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  addGame(ms: number): void {
    this.#gameMs += ms;
  }

  addCall(call: LiveCall): void {
    this.#calls.push(call);
  }

  /** The step that ends now, from the end of the last one; and begins the next. */
  lap(stepIndex: number): { times: StepTimes; calls: LiveCall[] } {
    const nowMs = this.#clock.monotonicMs();
    const calls = this.#calls;
    const times: StepTimes = {
      stepIndex,
      totalMs: round(nowMs - this.#startMs),
      gameMs: round(this.#gameMs),
      calls: calls.map(({ totalMs, firstTokenMs }) => ({
        totalMs: round(totalMs),
        ...(firstTokenMs !== undefined && { firstTokenMs: round(firstTokenMs) }),
      })),
    };
    this.#startMs = nowMs;
    this.#gameMs = 0;
    this.#calls = [];
    return { times, calls };
  }
}

/** To a hundredth of a millisecond, which is more than any of these is worth. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
