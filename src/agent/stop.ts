/** A stop that was asked for, by Ctrl-C or by the scheduler. Not a failure: the episode is owed and can be resumed. */
import { AutomemError, ProviderError } from "../core/errors.ts";

/** Thrown out of an episode when its signal was aborted. `code` is `stopped`; always retryable. */
export class EpisodeStopped extends AutomemError {
  constructor(stepIndex: number) {
    super(`The episode was stopped at step ${stepIndex}. It can be resumed.`, {
      code: "stopped",
      data: { stepIndex },
      retryable: true,
    });
  }
}

/** Throws `EpisodeStopped` if a stop was asked for. */
export function checkStop(signal: AbortSignal | undefined, stepIndex: number): void {
  if (signal?.aborted) throw new EpisodeStopped(stepIndex);
}

/** A call that ended because of the stop is the stop; anything else is returned as it is. */
export function stopOr(thrown: unknown, signal: AbortSignal | undefined, stepIndex: number): unknown {
  const cancelled = thrown instanceof ProviderError ? thrown.code === "cancelled" : isAbortError(thrown);
  return signal?.aborted && cancelled ? new EpisodeStopped(stepIndex) : thrown;
}

function isAbortError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}
