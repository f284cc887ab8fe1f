/**
 * Repeats a call whose fault may pass by itself: exponential backoff with jitter, or as long as the server asks.
 * Jitter, because many episodes that fail together must not all come back together.
 */
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
  /** From 0 up to 1; spreads the delays. Default `Math.random`: it changes when a call is made, never what it says. */
  random?: (() => number) | undefined;
}

const DEFAULT_ATTEMPTS = 3;
const DEFAULT_FIRST_DELAY_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A server that asks for more is not waited for: the call's fault says how long it would be. */
const LONGEST_ASKED_MS = 300_000;
/** A backoff is between 1 - SPREAD and 1 + SPREAD of its length. */
const BACKOFF_SPREAD = 0.25;
/** What the server asks is never shortened, and lengthened by at most this share. */
const ASKED_SPREAD = 0.1;

/**
 * Calls `attempt` until it succeeds, its fault is not retryable, or the attempts are used up; then the last fault is thrown.
 * A fault may ask for its own delay with `data.retryAfterMs`; one of more than five minutes is thrown at once.
 */
export async function withRetries<T>(attempt: () => Promise<T>, plan: RetryPlan): Promise<T> {
  const attempts = plan.attempts ?? DEFAULT_ATTEMPTS;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (fault) {
      const final = number >= attempts || plan.signal?.aborted === true || !isRetryable(fault);
      if (final || plan.mayRetry?.() === false) throw fault;
      const delayMs = delayBefore(number, fault, plan);
      if (delayMs === undefined) throw fault;
      await plan.clock.sleep(delayMs, plan.signal);
    }
  }
}

function isRetryable(fault: unknown): boolean {
  return fault instanceof AutomemError && fault.retryable && fault.code !== "cancelled";
}

/** Whole milliseconds; `undefined` where the server asks for more than is waited. */
function delayBefore(attempt: number, fault: unknown, plan: RetryPlan): number | undefined {
  const random = plan.random?.() ?? Math.random();
  const asked = fault instanceof AutomemError ? fault.data.retryAfterMs : undefined;
  if (typeof asked === "number") {
    return asked > LONGEST_ASKED_MS ? undefined : Math.ceil(asked * (1 + ASKED_SPREAD * random));
  }
  const backoffMs = Math.min((plan.firstDelayMs ?? DEFAULT_FIRST_DELAY_MS) * 2 ** (attempt - 1), LONGEST_BACKOFF_MS);
  return Math.round(backoffMs * (1 - BACKOFF_SPREAD + 2 * BACKOFF_SPREAD * random));
}
