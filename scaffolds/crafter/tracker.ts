/**
 * What the package remembers of an episode beside the model's files, and how a step changes it. Signals and the gate are made from it.
 * Types, not interfaces, so that they count as JSON.
 */
import { failedCraft, possibleCrafts } from "./crafting.ts";
import { changeText, inventoryChange } from "./inventory.ts";
import { canAct, type Moment } from "./moment.ts";
import { nextPosition, type Position, startPosition } from "./position.ts";
import { type Counters, count, startCounters } from "./stagnation.ts";
import { evidence, noteAchievements, unlockedCount } from "./unlocked.ts";
import { healthLost } from "./vitals.ts";

export type Tracker = {
  position: Position;
  counters: Counters;
  /** Achievements known to be unlocked. */
  done: string[];
  /** How many the game's progress says are unlocked. */
  unlocked: number;
  /** Rejections by the gate in this step. */
  rejections: number;
  /** The step in which the model last wrote its goals; 0: never. */
  goalsStep: number;
};

export const newTracker: Tracker = {
  position: startPosition,
  counters: startCounters,
  done: [],
  unlocked: 0,
  rejections: 0,
  goalsStep: 0,
};

/** A step as the game played it. */
export interface PlayedStep {
  action: string;
  before: Moment;
  after: Moment;
  /** In [0, 1], after the step. */
  progress: number;
  /** True if both texts are as they were. */
  unchanged: boolean;
}

/** What a step brought, in words for the prompts. */
export interface StepNews {
  changes: string[];
  failed: string | undefined;
  nowPossible: string[];
  unlocked: string[];
}

/** The tracker after a step, with the news of it. */
export function track(tracker: Tracker, step: PlayedStep): { tracker: Tracker; news: StepNews } {
  const { action, before, after } = step;
  const acted = canAct(before);
  const unlocked = unlockedCount(step.progress);
  const done = noteAchievements(tracker.done, evidence(action, before, after), unlocked - tracker.unlocked);
  const change = inventoryChange(before.status, after.status);
  const gained = Object.keys(change.gained).length > 0 || unlocked > tracker.unlocked;
  const counters = count(tracker.counters, {
    action,
    changed: !step.unchanged,
    gained,
    asleep: !acted,
    patient: isPatient(action, before),
  });
  const lost = healthLost(before.status, after.status);
  return {
    tracker: {
      ...tracker,
      position: acted ? nextPosition(tracker.position, action, before.sight, after.sight) : tracker.position,
      counters,
      done,
      unlocked,
      rejections: 0,
    },
    news: {
      changes: [changeText(change), lost > 0 ? `Health -${lost}.` : undefined].filter((text) => text !== undefined),
      failed: acted ? failedCraft(action, before, after) : undefined,
      nowPossible: newCrafts(before, after),
      unlocked: done.filter((name) => !tracker.done.includes(name)),
    },
  };
}

function newCrafts(before: Moment, after: Moment): string[] {
  const were = possibleCrafts(before.status, before.sight);
  return possibleCrafts(after.status, after.sight).filter((action) => !were.includes(action));
}

/** Actions rightly repeated though nothing is seen to change: grass for a sapling, hits on a creature, walks over even ground. */
function isPatient(action: string, { sight }: Moment): boolean {
  if (action === "Do") return ["grass", "cow", "zombie", "skeleton", "plant"].includes(sight.faced ?? "");
  return action.startsWith("Move ") && ["grass", "sand", "path"].includes(sight.faced ?? "");
}
