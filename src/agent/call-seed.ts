/** The seed of one model call. */
import { hashBytes } from "../core/hash.ts";
import type { Phase } from "../core/memory-op.ts";

export interface CallPlace {
  task: string;
  episodeSeed: number;
  stepIndex: number;
  phase: Phase;
  callIndex: number;
}

/**
 * A seed in [0, 2^31) from the run's sampling seed and the place of the call, so that calls and episodes differ and a replay is exact.
 * Deterministic on every machine.
 */
export function callSeed(samplingSeed: number, place: CallPlace): number {
  const { task, episodeSeed, stepIndex, phase, callIndex } = place;
  const digest = hashBytes(JSON.stringify([samplingSeed, task, episodeSeed, stepIndex, phase, callIndex]));
  return Number.parseInt(digest.slice(0, 8), 16) % 2 ** 31;
}
