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
  return items.filter(({ name }) => food.test(thingName(name)));
}

/** At the end of the name only: there are orange potions and pear-shaped stones. */
const food =
  /(?:^| )(?:food rations?|cram rations?|tripe rations?|[CK]-rations?|lembas wafers?|apples?|oranges?|pears?|melons?|bananas?|carrots?|pancakes?|fortune cookies?|candy bars?|cream pies?|slime molds?|eucalyptus leaf|eucalyptus leaves|sprigs? of wolfsbane|cloves? of garlic|lumps? of royal jelly|kelp fronds?)$/;

/** Without what stands in brackets behind it, and without a name the player gave it. */
function thingName(name: string): string {
  return name.replace(/ (?:named|called) .*$/, "").replace(/ \([^)]*\)$/, "");
}
