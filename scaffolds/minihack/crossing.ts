/** How to get over lava with the wand of cold that the quest levels begin with: stand in line with the lava, and zap at it. */
import { actionForKey } from "./keys.ts";
import { lavaInLine } from "./nle/around.ts";
import type { Item } from "./nle/inventory.ts";
import { type Level, placeOf } from "./nle/level.ts";
import { wayText, wayWhere } from "./nle/path.ts";

/** A bolt of cold reaches 7 squares at least, 13 at most (NetHack 3.6.6, src/zap.c, `buzz`). */
export const boltReach = 7;

export interface Crossing {
  advice: string;
  action: string;
  /** Where to zap, once the game asks. */
  direction?: string;
}

const straight = ["east", "west", "north", "south"];

/** What to do next; `undefined` without lava, without a wand whose letter an action types, or without a way into line. */
export function crossing(level: Level, items: readonly Item[], offered: readonly string[]): Crossing | undefined {
  const wand = items.find(({ letter, name }) => /\bwand\b/.test(name) && actionForKey(letter, offered) !== undefined);
  if (wand === undefined || !offered.includes("zap") || !level.kinds.includes("lava")) return undefined;
  const direction = lineOf(level);
  if (direction !== undefined) {
    return {
      advice: `The lava is in line to the ${direction}: zap ${wand.letter} (${wand.name}) ${direction}.`,
      action: "zap",
      direction,
    };
  }
  const way = wayWhere(level, (index) => lineOf({ ...level, hero: placeOf(index) }) !== undefined);
  return way && { advice: `To stand in line with the lava: go ${wayText(way)}.`, action: way.direction };
}

function lineOf(level: Level): string | undefined {
  const inLine = lavaInLine(level, boltReach).map(({ direction }) => direction);
  return straight.find((direction) => inLine.includes(direction));
}
