/** The last actions and what came of each: what oscillation, repetition and standing still are read from. */
import type { Place } from "./directions.ts";

export interface PastStep {
  action: string;
  /** Where the player was after it; `null` if it was not shown. */
  place: Place | null;
  /** What the step brought, if anything; "nothing" counts as none. */
  effect: Effect;
}

export type Effect = "explored" | "fought" | "changed" | "moved" | "asked" | "nothing";

/** What is compared before and after an action. */
export interface Shown {
  level: string;
  place: Place | null;
  /** Squares of the map that have been seen. */
  seen: number;
  /** Carried things, as text. */
  inventory: string;
  message: string;
  hp: number | null;
  /** Hunger, conditions, gold and the like; without the turn, and without hit points, which come back by themselves. */
  status: string;
  /** Doors, boulders, water and lava: what actions change. Creatures walk about whatever the player does. */
  features: string;
  asked: boolean;
}

/** Steps kept. */
export const historyLength = 12;

/** Blows of either side, in the words of the game. */
const blows =
  /\b(?:you (?:hit|miss|kill|destroy|bite|kick|slay|smite|bash|fire|shoot|throw|attack)|(?:hits|misses|bites|stings|kicks|claws|butts|touches|swings|thrusts|zaps|shoots|throws)\b|(?:is|are) killed|is destroyed)/i;

export function isFight(message: string): boolean {
  return blows.test(message);
}

/** What an action brought. New squares and blows come before a mere change of place, so that neither is taken for running about. */
export function effectOf(before: Shown, now: Shown): Effect {
  if (now.asked) return "asked";
  if (now.level !== before.level) return "explored";
  if (isFight(now.message)) return "fought";
  if (now.seen > before.seen) return "explored";
  if (now.inventory !== before.inventory || now.status !== before.status) return "changed";
  if (before.hp !== null && now.hp !== null && now.hp < before.hp) return "changed";
  if (now.place?.x !== before.place?.x || now.place?.y !== before.place?.y) return "moved";
  // After a question nothing was shown before: what it did cannot be told, and must not be taken for nothing.
  if (before.asked) return "changed";
  return now.features !== before.features ? "changed" : "nothing";
}

/** The history with one more step, the oldest dropped. */
export function remember(history: readonly PastStep[], step: PastStep): PastStep[] {
  return [...history, step].slice(-historyLength);
}

/** "north x3, east": the actions in their order, equal ones together. */
export function actionsText(history: readonly PastStep[]): string {
  const runs: { action: string; count: number }[] = [];
  for (const { action } of history) {
    const last = runs[runs.length - 1];
    if (last?.action === action) last.count += 1;
    else runs.push({ action, count: 1 });
  }
  return runs.map(({ action, count }) => (count === 1 ? action : `${action} x${count}`)).join(", ");
}
