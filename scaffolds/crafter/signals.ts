/** The signals of a step, as `onObservation` returns them and the prompts show them. */
import { longFileWarnings } from "./file-sizes.ts";
import type { Moment } from "./moment.ts";
import { positionText } from "./position.ts";
import { stagnationWarnings } from "./stagnation.ts";
import { itemsText, vitalNames } from "./status.ts";
import { easyWins, nextStep } from "./tech-tree.ts";
import { threats, threatText } from "./threats.ts";
import type { StepNews, Tracker } from "./tracker.ts";
import { vitalText, vitalWarnings } from "./vitals.ts";

/** All in words, ready for a prompt. A type, not an interface, so that it counts as JSON. */
export type Signals = {
  position: string;
  /** Vital signs and pack in one line. */
  status: string;
  /** Vital signs that are low, threats, stagnation. */
  warnings: string[];
  /** Files that are too long or too old; for LOG, as PLAN cannot write. */
  upkeep: string[];
  /** What the last action did. */
  news: string[];
  done: string[];
  next: string;
  wins: string[];
};

export interface SignalInput {
  tracker: Tracker;
  moment: Moment;
  news: StepNews | undefined;
  files: readonly { name: string; lines: number }[];
  stepIndex: number;
}

/** Steps after which goals that were not written anew are called old. */
const oldGoals = 5;

export function signalsOf({ tracker, moment, news, files, stepIndex }: SignalInput): Signals {
  const { status, sight } = moment;
  const goalsAge = stepIndex - tracker.goalsStep;
  return {
    position: positionText(tracker.position),
    status: `${vitalNames.map((name) => `${name} ${status.vitals[name] ?? "?"}`).join(", ")}; carried: ${itemsText(status.items)}`,
    warnings: [
      ...(sight.asleep ? ["You are asleep: what you choose does not count until you wake up."] : []),
      ...vitalWarnings(status).map(vitalText),
      ...threats(sight).map((threat) => threatText(threat, status.items)),
      ...stagnationWarnings(tracker.counters),
    ],
    upkeep: [
      ...longFileWarnings(files),
      ...(goalsAge > oldGoals ? [`goals.txt was not written anew for ${goalsAge} steps.`] : []),
    ],
    news: news === undefined ? [] : newsTexts(news),
    done: tracker.done,
    next: nextStep(tracker.done, moment)?.text ?? "all tools and the diamond are done",
    wins: easyWins(tracker.done, moment).map(({ text }) => text),
  };
}

function newsTexts({ changes, failed, nowPossible, unlocked }: StepNews): string[] {
  return [
    ...changes,
    ...(failed === undefined ? [] : [failed]),
    ...unlocked.map((name) => `New achievement: ${name}. Tick it with CHECK.`),
    ...(nowPossible.length === 0 ? [] : [`Possible now: ${nowPossible.join(", ")}.`]),
  ];
}
