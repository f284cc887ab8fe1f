/** Whether a step is worth a note at all. */
import type { Facts } from "./track.ts";

/** A step, or one without effect, of which the game said nothing, that cost nothing, with no creature beside and no stairs found. */
export function isRoutine(facts: Facts): boolean {
  const quiet = facts.message === "" && facts.question === null && facts.foes.length === 0;
  const nothing = facts.gained.length === 0 && facts.lost.length === 0 && facts.hpChange >= 0;
  const plain = facts.effect === "moved" || facts.effect === "nothing" || facts.effect === "explored";
  const stairs = facts.stairsSeen !== null || facts.under === "down";
  return quiet && nothing && plain && facts.movedFrom !== null && !stairs;
}
