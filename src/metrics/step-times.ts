/** Where the time of an episode went. Not part of its record, since it differs between two equal plays. */

/** Milliseconds of one step. */
export interface MeasuredStep {
  totalMs: number;
  gameMs: number;
  calls: readonly { totalMs: number }[];
}

/** Seconds over the measured steps; steps that were replayed after an interruption are measured once, where they were played. */
export interface TimeFigures {
  steps: number;
  modelSeconds: number;
  gameSeconds: number;
  /** The rest: agent, scaffold, store. */
  harnessSeconds: number;
}

export function timeFigures(steps: readonly MeasuredStep[]): TimeFigures {
  let model = 0;
  let game = 0;
  let total = 0;
  for (const step of steps) {
    for (const call of step.calls) model += call.totalMs;
    game += step.gameMs;
    total += step.totalMs;
  }
  return {
    steps: steps.length,
    modelSeconds: model / 1000,
    gameSeconds: game / 1000,
    harnessSeconds: Math.max(0, total - model - game) / 1000,
  };
}
