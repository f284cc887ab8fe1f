/** Repeats a call whose fault may pass by itself. */
import { AutomemError } from "../core/errors.ts";
import type { Clock } from "../platform/clock.ts";

export interface RetryPlan {
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** Asked after a retryable fault; false ends it at once (text of the reply was shown already). */
  mayRetry?: (() => boolean) | undefined;
  /** Attempts in all. Default 3. */
  attempts?: number | undefined;
  /** Milliseconds before the second attempt; doubled before each further one. Default 500. */
  firstDelayMs?: number | undefined;
}

const DEFAULT_ATTEMPTS = 3;
const DEFAULT_FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/**
 * Calls `attempt` until it succeeds, its fault is not retryable, or the attempts are used up; then the last fault is thrown.
 * A fault may ask for its own delay with `data.retryAfterMs`. Without randomness: the same faults give the same delays.
 */
export async function withRetries<T>(attempt: () => Promise<T>, plan: RetryPlan): Promise<T> {
  const attempts = plan.attempts ?? DEFAULT_ATTEMPTS;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (fault) {
      const final = number >= attempts || plan.signal?.aborted === true || !isRetryable(fault);
      if (final || plan.mayRetry?.() === false) throw fault;
      await plan.clock.sleep(delayBefore(number, fault, plan.firstDelayMs ?? DEFAULT_FIRST_DELAY_MS), plan.signal);
    }
  }
}

function isRetryable(fault: unknown): boolean {
  return fault instanceof AutomemError && fault.retryable && fault.code !== "cancelled";
}

function delayBefore(attempt: number, fault: unknown, firstDelayMs: number): number {
  const asked = fault instanceof AutomemError ? fault.data.retryAfterMs : undefined;
  const delay = typeof asked === "number" ? asked : firstDelayMs * 2 ** (attempt - 1);
  return Math.min(delay, LONGEST_DELAY_MS);
}
