/** What to do about something thrown out of an episode. The one place that judges failures. */

import { EpisodeStopped } from "../agent/stop.ts";
import { AutomemError, GameError, messageOf, ProviderError } from "../core/errors.ts";
import { isWholeStoreFault } from "../store/fault.ts";
import type { EpisodeFailure } from "../store/run-files.ts";
import { BudgetSpent } from "./budget.ts";

/**
 * `stopped`: asked for; `restart`: a process was lost, and the episode can be replayed with a new one; `failed`: this episode is owed,
 * others go on; `fatal`: nothing can be recorded any more, so the run ends.
 */
export type Judgement = "stopped" | "restart" | "failed" | "fatal";

export function judge(thrown: unknown): Judgement {
  if (thrown instanceof EpisodeStopped || thrown instanceof BudgetSpent) return "stopped";
  if (isWholeStoreFault(thrown)) return "fatal";
  if (thrown instanceof GameError) return "restart";
  if (thrown instanceof ProviderError && thrown.code === "engine-lost") return "restart";
  return "failed";
}

/** The failure as the episode's state keeps it. A bug keeps its stack. */
export function describeFailure(thrown: unknown): EpisodeFailure {
  if (thrown instanceof AutomemError) {
    return { error: thrown.name, code: thrown.code, message: thrown.message, retryable: thrown.retryable };
  }
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  return { error: "Error", code: "internal", message, retryable: false };
}
