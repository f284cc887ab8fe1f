/**
 * Which faults are a trial's own, and which halt the campaign. What a configuration brought about is recorded with it, and the next one is
 * tried; what every further trial would meet as well (no model, no trainer, no store, a stop) halts with everything kept.
 */
import { CampaignStopped } from "../../campaign/arena.ts";
import { CampaignBudgetSpent } from "../../campaign/spending.ts";
import { AutomemError, ConfigError, ProviderError, StoreError, TrainerError } from "../../core/errors.ts";
import type { TrialFailure } from "../../core/trial.ts";

/** `again`: it may well go better the next time. `fails`: the configuration or trial. `halts`: the campaign. */
export type FaultCourse = "again" | "fails" | "halts";

export interface Attempt {
  /** Of the failure that is recorded. */
  stage: TrialFailure["stage"];
  course: (fault: AutomemError) => FaultCourse;
  signal: AbortSignal;
}

/** Times that work whose process was lost is tried again. */
export const retriesOfLost = 2;

/** What came of the work, or why it failed. Throws what halts the campaign; `CampaignStopped` where it was stopped meanwhile. */
export async function attempted<T>(
  { stage, course, signal }: Attempt,
  work: () => Promise<T>,
): Promise<{ value: T } | { failure: TrialFailure }> {
  for (let lost = 0; ; ) {
    stopIfAsked(signal);
    try {
      return { value: await work() };
    } catch (fault) {
      if (signal.aborted || !(fault instanceof AutomemError)) throw fault;
      const taken = course(fault);
      if (taken === "again" && lost++ < retriesOfLost) continue;
      if (taken === "halts") throw fault;
      return { failure: { stage, code: fault.code, reason: fault.message } };
    }
  }
}

/** Of a training, and of replies that a trainer is asked for. */
export function courseOfTraining(fault: AutomemError): FaultCourse {
  if (!(fault instanceof TrainerError) || setupCodes.has(fault.code)) return "halts";
  return fault.code === "trainer-lost" || fault.code === "worker-lost" ? "again" : "fails";
}

/** Of the files a training left. */
export function courseOfKeeping(fault: AutomemError): FaultCourse {
  return fault instanceof ConfigError ? "fails" : "halts";
}

/** Of an adapter that is to answer. */
export function courseOfServing(fault: AutomemError): FaultCourse {
  if (fault instanceof ProviderError && ["adapter-unverified", "refused"].includes(fault.code)) return "fails";
  return courseOfTraining(fault);
}

/** Of a selector that answered nothing of use, or not within its limits; one that cannot work at all would fail every trial. */
export function courseOfSelection(fault: AutomemError): FaultCourse {
  const empty = fault instanceof ConfigError && ["no-items", "no-episodes"].includes(fault.code);
  const gaveUp = ["bad-selection", "out-of-turns", "out-of-time", "out-of-tokens"].includes(fault.code);
  return empty || (fault instanceof TrainerError && gaveUp) ? "fails" : "halts";
}

/** Throws `CampaignStopped`. */
export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw stopped();
}

/** What to throw for a fault met after a stop was asked for: most are but its consequence. */
export function faultOfStop(fault: unknown): unknown {
  if (fault instanceof CampaignStopped || fault instanceof CampaignBudgetSpent || fault instanceof StoreError)
    return fault;
  const consequence = fault instanceof AutomemError || (fault instanceof Error && fault.name === "AbortError");
  return consequence ? stopped(fault) : fault;
}

/** Faults of `Trainer` that lie with the machine, the base or automem, not with the recipe. */
const setupCodes: ReadonlySet<string> = new Set([
  "cancelled",
  "missing-model",
  "missing-dataset",
  "bad-base",
  "busy",
  "bad-response",
]);

function stopped(cause?: unknown): CampaignStopped {
  return new CampaignStopped("The campaign was stopped.", { code: "stopped", cause, retryable: true });
}
