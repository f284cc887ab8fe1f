/** Counts what leads nowhere: the same action without effect, Noop runs, steps without gain. */

export type Counters = {
  /** The last action, and how many times in a row it was played without any change to be seen. */
  action: string;
  withoutEffect: number;
  noops: number;
  /** Steps since something new came into the pack or an achievement was unlocked. */
  sinceGain: number;
};

export const startCounters: Counters = { action: "", withoutEffect: 0, noops: 0, sinceGain: 0 };

/** What one step did. */
export interface StepEffect {
  action: string;
  /** Text, pack or vital signs differ from before. */
  changed: boolean;
  gained: boolean;
  /** The player was asleep: the action was not played. */
  asleep: boolean;
  /** The action gives something only now and then, so that it is rightly played again: Do on grass, hits on a creature, uniform ground. */
  patient: boolean;
}

export function count(counters: Counters, effect: StepEffect): Counters {
  const { action, changed, gained, asleep, patient } = effect;
  if (asleep) return { ...counters, withoutEffect: 0, noops: 0 };
  const again = action === counters.action ? counters.withoutEffect : 0;
  return {
    action,
    withoutEffect: changed || gained ? 0 : patient ? again : again + 1,
    noops: action === "Noop" ? counters.noops + 1 : 0,
    sinceGain: gained ? 0 : counters.sinceGain + 1,
  };
}

const repeatsToWarn = 2;
const noopLevels = [4, 8] as const;
const gainLevels = [30, 50] as const;

/** Warnings in words, the gravest kind first. */
export function stagnationWarnings({ action, withoutEffect, noops, sinceGain }: Counters): string[] {
  const warnings: string[] = [];
  if (withoutEffect >= repeatsToWarn) {
    warnings.push(`${action} changed nothing ${withoutEffect} times in a row. Do something else.`);
  }
  if (noops >= noopLevels[1]) warnings.push(`CRITICAL: ${noops} Noops in a row. Act.`);
  else if (noops >= noopLevels[0]) warnings.push(`${noops} Noops in a row: a step without an action is lost.`);
  if (sinceGain >= gainLevels[1]) {
    warnings.push(
      `CRITICAL: nothing gained for ${sinceGain} steps. Write a new plan in goals.txt and leave this place.`,
    );
  } else if (sinceGain >= gainLevels[0]) {
    warnings.push(`Nothing gained for ${sinceGain} steps. Choose another goal or another direction.`);
  }
  return warnings;
}
