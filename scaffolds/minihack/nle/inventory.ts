/** The short text of an observation: what the player carries, "a: a +1 long sword (weapon in hand)" a line. */

export interface Item {
  /** A letter; `$` for gold. */
  letter: string;
  /** As the game calls it. */
  name: string;
}

export function readInventory(short: string): Item[] {
  const items: Item[] = [];
  for (const line of short.split("\n")) {
    const found = /^([A-Za-z$#]): (.*\S)\s*$/.exec(line);
    if (found !== null) items.push({ letter: found[1] ?? "", name: found[2] ?? "" });
  }
  return items;
}

export function itemText({ letter, name }: Item): string {
  return `${letter}: ${name}`;
}

/** What came and went, by letter and name. */
export function inventoryChanges(before: readonly Item[], now: readonly Item[]): { gained: string[]; lost: string[] } {
  const missing = (from: readonly Item[], other: readonly Item[]) =>
    from.map(itemText).filter((text) => !other.some((item) => itemText(item) === text));
  return { gained: missing(now, before), lost: missing(before, now) };
}

/** Food that is safe however long it has been carried: no corpses, eggs or tins. */
export function safeFood(items: readonly Item[]): Item[] {
  return items.filter(
    ({ name }) => foods.some((food) => food.test(name)) && !/\b(?:corpses?|eggs?|tins?)\b/.test(name),
  );
}

const foods = [
  /\b(?:food|cram|tripe|[CK]-)\s?rations?\b/,
  /\blembas wafers?\b/,
  /\b(?:apple|orange|pear|melon|banana|carrot|pancake|fortune cookie|candy bar|cream pie|slime mold|eucalyptus lea(?:f|ve))s?\b/,
  /\b(?:sprigs? of wolfsbane|cloves? of garlic|lumps? of royal jelly|kelp fronds?)\b/,
];
