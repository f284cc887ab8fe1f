/** Where the level has not been looked at yet. */
import { distance, type Place } from "./directions.ts";
import { columns, indexOf, type Kind, type Level, lines, placeOf } from "./level.ts";
import { type Way, wayWhere } from "./path.ts";
import type { Visits } from "./visits.ts";

/** Squares to walk to for a look; what may be behind a wall, water or a boulder is no reason to go there. */
const worthALook: ReadonlySet<Kind> = new Set([
  "floor",
  "corridor",
  "open door",
  "closed door",
  "stairs up",
  "stairs down",
  "thing",
]);

/** The way to the nearest seen square that was never entered and has a blank one beside it; `undefined` if there is none. */
export function nearestUnexplored(level: Level, visits: Visits): Way | undefined {
  const visited = new Set<number>();
  for (const place of Object.keys(visits.counts)) {
    const [x, y] = place.split(",");
    visited.add(indexOf({ x: Number(x), y: Number(y) }));
  }
  return wayWhere(level, (at) => {
    return worthALook.has(level.kinds[at]!) && !visited.has(at) && hasBlankBeside(level.kinds, at);
  });
}

/** Squares that one place of searching stands for: hidden things are found one step away, and walls are long. */
const searchReach = 6;

/** True if the player stands where he has searched enough. */
export function isSearched(searched: readonly Place[], place: Place): boolean {
  return searched.some((other) => distance(other, place) < searchReach);
}

/** The way to the nearest place for searching away from those searched: a dead end before any other. `undefined` if there is none. */
export function nearestToSearch(level: Level, searched: readonly Place[]): Way | undefined {
  const isFresh = (at: number) => !isSearched(searched, placeOf(at));
  const deadEnd = wayWhere(level, (at) => isFresh(at) && waysOut(level.kinds, at) <= 1);
  return (
    deadEnd ?? wayWhere(level, (at) => isFresh(at) && beside.some((offset) => level.kinds[at + offset] === "wall"))
  );
}

function waysOut(kinds: readonly Kind[], at: number): number {
  return beside.filter((offset) => worthALook.has(kinds[at + offset] ?? "unseen")).length;
}

const beside = [-columns - 1, -columns, -columns + 1, -1, 1, columns - 1, columns, columns + 1];

/** The rim of the map, where no level goes, does not count as blank. */
function hasBlankBeside(kinds: readonly Kind[], at: number): boolean {
  for (const offset of beside) {
    const other = at + offset;
    const x = other % columns;
    const y = Math.floor(other / columns);
    if (x > 0 && x < columns - 1 && y > 1 && y < lines - 1 && kinds[other] === "unseen") return true;
  }
  return false;
}
