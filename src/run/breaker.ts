/** Stops a run whose model or game cannot be had: every further episode would fail the same way. */
import type { EpisodeFailure } from "../store/run-files.ts";

/** Failures that lie with the server or the model's name, not with the episode. */
const hopelessCodes: ReadonlySet<string> = new Set([
  "unreachable",
  "timeout",
  "model-missing",
  "refused",
  "rate-limited",
  "engine-lost",
]);

/** Episodes in a row that must fail alike. */
export const failuresInARow = 3;

export class Breaker {
  #last: EpisodeFailure | undefined;
  #count = 0;

  /** The failure that was met `failuresInARow` times in a row; no more episodes are to be started then. */
  get open(): EpisodeFailure | undefined {
    return this.#count >= failuresInARow ? this.#last : undefined;
  }

  episodeFinished(): void {
    this.#count = 0;
  }

  episodeFailed(failure: EpisodeFailure): void {
    const hopeless =
      failure.error === "PluginError" || (failure.error === "ProviderError" && hopelessCodes.has(failure.code));
    if (!hopeless) return;
    this.#count = failure.code === this.#last?.code ? this.#count + 1 : 1;
    this.#last = failure;
  }
}
