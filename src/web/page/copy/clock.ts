/** The browser's time, for work that is done a bounded time at once. */
import type { Clock } from "../../../platform/clock.ts";

export const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
