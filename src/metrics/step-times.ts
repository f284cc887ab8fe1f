/** Where the time of an episode went. Not part of its record, since it differs between two equal plays. */

/** Milliseconds, added up over steps. */
export interface MeasuredSteps {
  steps: number;
  totalMs: number;
  gameMs: number;
  modelMs: number;
}

/** Seconds over the measured steps; steps that were replayed after an interruption are measured once, where they were played. */
export interface TimeFigures {
  steps: number;
  modelSeconds: number;
  gameSeconds: number;
  /** The rest: agent, scaffold, store. */
  harnessSeconds: number;
}

export function timeFigures({ steps, totalMs, gameMs, modelMs }: MeasuredSteps): TimeFigures {
  return {
    steps,
    modelSeconds: modelMs / 1000,
    gameSeconds: gameMs / 1000,
    harnessSeconds: Math.max(0, totalMs - modelMs - gameMs) / 1000,
  };
}
