/** Vital signs and what is carried, read off the short text of an observation. */
import { itemNames, mostOfOne } from "./rules.ts";

export const vitalNames = ["health", "food", "drink", "energy"] as const;
export type Vital = (typeof vitalNames)[number];

export interface Status {
  /** 0 to 9 each; a sign is missing if the text does not give it. */
  vitals: { [name in Vital]?: number };
  /** Items by name, 1 to 9; what is not held is missing. */
  items: { [name: string]: number };
}

const vitalForm = /^- (health|food|drink|energy): (\d)\/9$/;
const itemForm = /^- ([a-z]+(?:_[a-z]+)?): ([1-9])$/;

/** Reads any text; lines of another form are passed over. */
export function readStatus(short: string): Status {
  const status: Status = { vitals: {}, items: {} };
  for (const line of short.split("\n")) {
    const vital = vitalForm.exec(line);
    if (vital !== null) status.vitals[vital[1] as Vital] = Number(vital[2]);
    const item = itemForm.exec(line);
    if (item !== null && itemNames.includes(item[1] ?? "")) status.items[item[1] ?? ""] = Number(item[2]);
  }
  return status;
}

export function held(status: Status, item: string): number {
  return status.items[item] ?? 0;
}

/** "wood 2, stone 1", or "nothing". */
export function itemsText(items: Readonly<Record<string, number>>): string {
  const parts = Object.entries(items).map(([name, count]) => `${plain(name)} ${count}`);
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** `wood_pickaxe` as words. */
export function plain(name: string): string {
  return name.replaceAll("_", " ");
}

/** True if no more of an item can be carried. */
export function isFull(status: Status, item: string): boolean {
  return held(status, item) >= mostOfOne;
}
