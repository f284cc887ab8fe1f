/** What to do about hunger, from the status line and what is carried. */
import { type Item, safeFood } from "./nle/inventory.ts";
import type { StatusLine } from "./nle/status-line.ts";

/** One line; `undefined` if there is nothing to say. `prayer`: a prayer may be said now. */
export function hungerText(hunger: StatusLine["hunger"], items: readonly Item[], prayer: boolean): string | undefined {
  if (hunger === "not hungry") return undefined;
  if (hunger === "Satiated") return "You are Satiated: do not eat, you could choke.";
  const food = safeFood(items);
  const eat = food.length === 0 ? undefined : `eat, then ${food[0]!.letter} (${food[0]!.name})`;
  if (hunger === "Hungry") {
    return eat === undefined
      ? "You are Hungry and carry nothing that keeps: eat what you have just killed, if it is safe."
      : `You are Hungry: ${eat}.`;
  }
  if (eat !== undefined) return `You are ${hunger}: ${eat}, at once.`;
  return prayer
    ? `You are ${hunger} and carry nothing that keeps: pray.`
    : `You are ${hunger}, carry nothing that keeps, and prayed too lately: look for food, go down quickly.`;
}
