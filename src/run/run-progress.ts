/** Sums up a run as it goes on, and estimates the time left. */
import type { Clock } from "../platform/clock.ts";
import type { RunTotals } from "./events.ts";
import type { LiveCall } from "./replay-model.ts";
import type { EpisodeOutcome } from "./summary.ts";

export class RunProgress {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #planned: number;
  /** Steps done and steps at most, of episodes under way. */
  readonly #running = new Map<string, { done: number; most: number }>();
  readonly #finishedSteps: number[] = [];
  #progressSum = 0;
  #failed = 0;
  #steps = 0;
  #calls = 0;
  #promptTokens = 0;
  #cachedTokens = 0;
  #generatedTokens: number | undefined;
  #callMs = 0;

  /** `before`: how episodes stand that are not played now. */
  constructor(clock: Clock, planned: number, before: readonly EpisodeOutcome[]) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#planned = planned;
    for (const outcome of before) {
      if (outcome.kind === "finished") this.#finish(outcome.steps, outcome.progress);
      if (outcome.kind === "failed") this.#failed++;
    }
  }

  episodeStarted(key: string, maxSteps: number): void {
    this.#running.set(key, { done: 0, most: maxSteps });
  }

  stepEnded(key: string, stepIndex: number, replayed: boolean): void {
    const episode = this.#running.get(key);
    if (episode) episode.done = stepIndex + 1;
    if (!replayed) this.#steps++;
  }

  called({ usage, totalMs }: LiveCall): void {
    this.#calls++;
    this.#callMs += totalMs;
    this.#promptTokens += usage.promptTokens ?? 0;
    this.#cachedTokens += usage.cachedTokens ?? 0;
    if (usage.generatedTokens !== undefined)
      this.#generatedTokens = (this.#generatedTokens ?? 0) + usage.generatedTokens;
  }

  episodeFinished(key: string, steps: number, progress: number): void {
    this.#running.delete(key);
    this.#finish(steps, progress);
  }

  episodeFailed(key: string): void {
    this.#running.delete(key);
    this.#failed++;
  }

  episodeStopped(key: string): void {
    this.#running.delete(key);
  }

  totals(): RunTotals {
    const elapsedMs = this.#clock.monotonicMs() - this.#startMs;
    const generated = this.#generatedTokens;
    return {
      planned: this.#planned,
      finished: this.#finishedSteps.length,
      failed: this.#failed,
      meanProgress: this.#finishedSteps.length === 0 ? undefined : this.#progressSum / this.#finishedSteps.length,
      steps: this.#steps,
      calls: this.#calls,
      promptTokens: this.#promptTokens,
      cachedTokens: this.#cachedTokens,
      generatedTokens: generated ?? 0,
      callMs: this.#callMs,
      elapsedMs,
      tokensPerSecond: generated === undefined || elapsedMs <= 0 ? undefined : (generated * 1000) / elapsedMs,
      leftMs: this.#steps === 0 ? undefined : (this.#stepsLeft() * elapsedMs) / this.#steps,
    };
  }

  #finish(steps: number, progress: number): void {
    this.#finishedSteps.push(steps);
    this.#progressSum += progress;
  }

  #stepsLeft(): number {
    const running = [...this.#running.values()];
    const finished = this.#finishedSteps;
    const most = running.reduce((longest, { most }) => Math.max(longest, most), 0);
    const usual = finished.length === 0 ? most : finished.reduce((sum, steps) => sum + steps, 0) / finished.length;
    const waiting = this.#planned - finished.length - this.#failed - running.length;
    const left = running.map(({ done, most }) => (done < usual ? Math.min(usual, most) : most) - done);
    return left.reduce((sum, steps) => sum + steps, 0) + Math.max(0, waiting) * usual;
  }
}
