/**
 * Which achievements one step may have unlocked, read off the action and what changed. The game's progress (a share of 22) decides whether
 * any did; see `noteAchievements`.
 */
import { inventoryChange } from "./inventory.ts";
import { canAct, type Moment } from "./moment.ts";
import { achievements, harvests } from "./rules.ts";

/** Achievements for which the step gives evidence. */
export function evidence(action: string, before: Moment, after: Moment): string[] {
  const found: string[] = [];
  const { gained, lost } = inventoryChange(before.status, after.status);
  if (!canAct(before)) return found;
  if (before.sight.asleep) found.push("wake up");
  if (/^(Make|Place) /.test(action)) {
    const changed = action.startsWith("Make ") ? gained : lost;
    if (Object.keys(changed).length > 0) found.push(action.toLowerCase());
  }
  if (action === "Do" && before.sight.faced !== undefined) found.push(...fromDo(before.sight.faced, gained));
  return found.filter((name) => achievements.includes(name));
}

/** The list with as many of `seen` added as the step's rise of unlocked achievements allows. */
export function noteAchievements(known: readonly string[], seen: readonly string[], rise: number): string[] {
  const fresh = seen.filter((name) => !known.includes(name));
  return [...known, ...fresh.slice(0, Math.max(0, rise))];
}

/** How many achievements a progress in [0, 1] is. */
export function unlockedCount(progress: number): number {
  return Math.round(progress * achievements.length);
}

function fromDo(faced: string, gained: Readonly<Record<string, number>>): string[] {
  const harvest = harvests[faced];
  if (faced === "water") return ["collect drink"];
  if (harvest !== undefined) return (gained[harvest.gives] ?? 0) > 0 ? [`collect ${harvest.gives}`] : [];
  if (faced === "cow" || faced === "plant") return [`eat ${faced}`];
  if (faced === "zombie" || faced === "skeleton") return [`defeat ${faced}`];
  return [];
}
