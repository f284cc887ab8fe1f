/** The ladder of priorities: of all that could be done now, what comes first. */
import { dangerOf } from "./dangers.ts";
import { hungerText } from "./hunger.ts";
import { wayText } from "./nle/path.ts";
import type { Facts } from "./nle/track.ts";
import { mayPray, troubles } from "./prayer.ts";

export interface Rung {
  /** As in the list of the instruction. */
  rank: 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  advice: string;
  /** The action that does it, if one does. */
  action?: string;
}

/** The rungs that apply, the first first. Questions and menus have a prompt of their own and are no rung. */
export function rungs(facts: Facts, lastPrayer: number | null): Rung[] {
  const { status } = facts;
  const prayer = mayPray(status?.turn, lastPrayer);
  const found: Rung[] = [];
  if (status !== null) {
    const trouble = troubles(status);
    if (trouble.length > 0) found.push(troubleRung(facts, trouble, prayer));
  }
  if (facts.under === "down" && !isAloft(facts)) {
    found.push({ rank: 4, advice: "You stand on the stairs down: go down.", action: "down" });
  } else if (facts.toStairs?.steps === 1 && facts.toStairs.through.length === 0) {
    const { direction } = facts.toStairs;
    found.push({ rank: 4, advice: `The stairs down are one step ${direction}: go there.`, action: direction });
  }
  for (const { direction, name } of facts.foes) {
    const danger = dangerOf(name);
    if (danger === undefined)
      found.push({ rank: 5, advice: `${name} to the ${direction}: attack it, or leave.`, action: direction });
    else found.push({ rank: 5, advice: `${name} to the ${direction}: do not hit it, ${danger}. Go round.` });
  }
  const hunger = status === null ? undefined : hungerText(status.hunger, facts.items, prayer);
  if (hunger !== undefined)
    found.push({ rank: 6, advice: hunger, ...(status?.hunger === "Hungry" ? { action: "eat" } : {}) });
  if (facts.toStairs !== null && facts.under !== "down") {
    found.push({
      rank: 7,
      advice: `The stairs down are known: ${wayText(facts.toStairs)}.`,
      action: facts.toStairs.direction,
    });
  }
  if (facts.toUnexplored !== null) {
    found.push({
      rank: 8,
      advice: `Not looked at yet: ${wayText(facts.toUnexplored)}.`,
      action: facts.toUnexplored.direction,
    });
  } else if (facts.toSearch !== null) {
    const advice = `No seen way is left and enough was searched here: search elsewhere, go ${wayText(facts.toSearch)}.`;
    found.push({ rank: 9, advice, action: facts.toSearch.direction });
  } else if (facts.place !== null) {
    found.push({ rank: 9, advice: "No seen way is left: search for hidden doors and passages.", action: "search" });
  }
  return found.sort((one, other) => one.rank - other.rank);
}

/** The first three rungs as lines. */
export function ladderText(found: readonly Rung[]): string | undefined {
  if (found.length === 0) return undefined;
  return `What comes first now:\n${found
    .slice(0, 3)
    .map(({ rank, advice }) => `${rank}. ${advice}`)
    .join("\n")}`;
}

function troubleRung(facts: Facts, trouble: readonly string[], prayer: boolean): Rung {
  const starving = trouble.every((word) => ["Weak", "Fainting", "Fainted", "Starved"].includes(word));
  const advice = starving ? hungerText(facts.status!.hunger, facts.items, prayer) : undefined;
  if (advice !== undefined) return { rank: 3, advice, action: advice.endsWith("pray.") ? "pray" : "eat" };
  const named = `You may die: ${trouble.join(", ")}.`;
  if (prayer) return { rank: 2, advice: `${named} Pray.`, action: "pray" };
  if (facts.under !== null)
    return { rank: 2, advice: `${named} It is too early to pray: leave by the stairs.`, action: facts.under };
  return { rank: 2, advice: `${named} It is too early to pray: get away, or use what heals.` };
}

function isAloft(facts: Facts): boolean {
  return facts.status?.conditions.includes("levitating") ?? false;
}
