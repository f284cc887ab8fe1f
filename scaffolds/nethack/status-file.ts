/** The texts of status.txt and inventory.txt, which code writes each step. */
import { placeText } from "./nle/directions.ts";
import { itemText } from "./nle/inventory.ts";
import type { Facts } from "./nle/track.ts";

export const statusFile = "status.txt";
export const inventoryFile = "inventory.txt";

/** `undefined` while the status is covered: what the file says stands. */
export function statusText(stepIndex: number, facts: Facts, lastPrayer: number | null): string | undefined {
  const { status, place, under } = facts;
  if (status === null) return undefined;
  const standing = under === null ? "" : `, on the stairs ${under}`;
  const lines = [
    `step ${stepIndex}${status.turn === undefined ? "" : `, turn ${status.turn}`}`,
    `level ${status.level}, at ${place === null ? "a place not shown" : placeText(place)}${standing}`,
    `HP ${status.hp} of ${status.hpMax}, power ${status.power} of ${status.powerMax}, AC ${status.armourClass}`,
    `experience level ${status.experienceLevel ?? "not shown"}, points ${status.experiencePoints ?? "not shown"}, gold ${status.gold ?? "not shown"}`,
    `hunger: ${status.hunger}; load: ${status.burden ?? "light"}; conditions: ${status.conditions.join(", ") || "none"}`,
    lastPrayer === null ? "not prayed yet" : `last prayer at turn ${lastPrayer}`,
  ];
  return `${lines.join("\n")}\n`;
}

export function inventoryText(facts: Facts): string {
  return facts.items.map((item) => `${itemText(item)}\n`).join("");
}
