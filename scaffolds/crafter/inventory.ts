/** What one step added to the things carried, and what it took. */
import { plain, type Status } from "./status.ts";

export interface InventoryChange {
  gained: { [item: string]: number };
  lost: { [item: string]: number };
}

export function inventoryChange(before: Status, after: Status): InventoryChange {
  const change: InventoryChange = { gained: {}, lost: {} };
  for (const item of new Set([...Object.keys(before.items), ...Object.keys(after.items)])) {
    const difference = (after.items[item] ?? 0) - (before.items[item] ?? 0);
    if (difference > 0) change.gained[item] = difference;
    if (difference < 0) change.lost[item] = -difference;
  }
  return change;
}

/** "Gained: wood +1. Used or lost: stone -2."; `undefined` if nothing changed. */
export function changeText({ gained, lost }: InventoryChange): string | undefined {
  const parts = [
    ["Gained", "+", gained],
    ["Used", "-", lost],
  ] as const;
  const texts = parts.map(([label, sign, items]) => {
    const listed = Object.entries(items).map(([item, count]) => `${plain(item)} ${sign}${count}`);
    return listed.length === 0 ? "" : `${label}: ${listed.join(", ")}.`;
  });
  const text = texts.filter((part) => part !== "").join(" ");
  return text === "" ? undefined : text;
}
