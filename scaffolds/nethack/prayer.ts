/**
 * When prayer helps. Trouble at its worst is healed if the gods' patience, 300 turns at the start and 50 to 1000 after a prayer, has run
 * down to 200 (NetHack 3.6.6, src/pray.c); this waits 300 and 1000 turns, to be sure.
 */
import { hpAlarm, type StatusLine } from "./nle/status-line.ts";

/** The turn of the last prayer after this observation. */
export function trackPrayer(before: number | null, message: string, turn: number | undefined): number | null {
  return turn !== undefined && /\bYou begin praying\b/.test(message) ? turn : before;
}

export function mayPray(turn: number | undefined, lastPrayer: number | null): boolean {
  if (turn === undefined) return false;
  return lastPrayer === null ? turn >= 300 : turn - lastPrayer >= 1000;
}

/** Troubles that a prayer takes away, the gravest first, in words; empty if there is none. */
export function troubles(status: StatusLine): string[] {
  const grave = ["turning to stone", "turning to slime", "strangled", "food poisoned", "terminally ill"];
  const found = grave.filter((condition) => status.conditions.includes(condition));
  if (hpAlarm(status) === "critical") found.push(`HP ${status.hp} of ${status.hpMax}`);
  if (["Weak", "Fainting", "Fainted", "Starved"].includes(status.hunger)) found.push(status.hunger);
  return found;
}
