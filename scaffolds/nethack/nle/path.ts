/**
 * The shortest way over squares that have been seen. Never through walls, bars, boulders, water or lava, nor over what is unseen; not
 * diagonally through a door. Traps, creatures and closed doors only if there is no way without them.
 * Which of several places is meant never depends on the order they are given in: nearest first, then the upper, then the left one.
 */
import { compass, type Place, placeText } from "./directions.ts";
import { columns, indexOf, type Kind, type Level, lines, placeOf, stepKey } from "./level.ts";

export interface Way {
  /** The first step. */
  direction: string;
  steps: number;
  /** How many of the first steps go in that direction. */
  straight: number;
  to: Place;
  /** Kinds on the way that cost a fight, a key or health. */
  through: Kind[];
}

const free: readonly Kind[] = [
  "floor",
  "corridor",
  "open door",
  "stairs up",
  "stairs down",
  "fountain",
  "altar",
  "thing",
];
const costly: readonly Kind[] = ["creature", "closed door", "trap"];

/** The way to the nearest of these places; `undefined` if no seen squares lead there. `from` itself does not count. */
export function wayTo(level: Level, places: readonly Place[]): Way | undefined {
  const wanted = new Set(places.map(indexOf));
  return wayWhere(level, (index) => wanted.has(index));
}

/** The way to the nearest square (by `indexOf`) that is wanted. The wanted square itself may be of any kind but one that cannot be entered. */
export function wayWhere(level: Level, isWanted: (index: number) => boolean): Way | undefined {
  return search(level, isWanted, free) ?? search(level, isWanted, [...free, ...costly]);
}

/** The directions in which one step can be made, by the same rules; creatures count as in the way. */
export function openDirections(level: Level): string[] {
  const entry = entries(level, free);
  const from = indexOf(level.hero);
  return directions.filter((direction, way) => {
    return stepTo(entry, from, way) >= 0 && !level.blocked.has(stepKey(level.hero, direction));
  });
}

/** "west, 5 steps (the first 3 west), to (30,7)". */
export function wayText(way: Way): string {
  const through = way.through.length === 0 ? "" : `, past ${way.through.join(" and ")}`;
  const first = way.straight === way.steps ? "" : ` (the first ${way.straight} of them ${way.direction})`;
  return `${way.direction}, ${way.steps} ${way.steps === 1 ? "step" : "steps"}${first}, to ${placeText(way.to)}${through}`;
}

const directions = Object.keys(compass);
const rights = directions.map((direction) => compass[direction]![0]);
const downs = directions.map((direction) => compass[direction]![1]);

/** How a square can be entered: not at all, from everywhere, or not diagonally. */
const closed = 0;
const open = 1;
const door = 2;

/** By `indexOf`. Numbers, not names: a search looks at each of them eight times. */
function entries(level: Level, passable: readonly Kind[]): Uint8Array {
  const byKind = new Map<Kind, number>(passable.map((kind) => [kind, kind.endsWith("door") ? door : open]));
  const entry = new Uint8Array(columns * lines);
  level.kinds.forEach((kind, at) => {
    if (kind !== "unseen") entry[at] = byKind.get(kind) ?? closed;
  });
  return entry;
}

/** The square one step in direction number `way`; -1 if it cannot be entered from here. */
function stepTo(entry: Uint8Array, from: number, way: number): number {
  const right = rights[way]!;
  const down = downs[way]!;
  const x = (from % columns) + right;
  if (x < 0 || x >= columns) return -1;
  const at = from + down * columns + right;
  if (at < columns || at >= columns * lines || entry[at] === closed) return -1;
  const isDiagonal = right !== 0 && down !== 0;
  return isDiagonal && (entry[at] === door || entry[from] === door) ? -1 : at;
}

/** Layer by layer; of the wanted squares of the first layer that has any, the one with the least index. */
function search(level: Level, isWanted: (index: number) => boolean, passable: readonly Kind[]): Way | undefined {
  const start = indexOf(level.hero);
  const entry = entries(level, passable);
  // The number of the direction by which a square was reached, plus one.
  const reachedBy = new Uint8Array(columns * lines);
  let layer = [start];
  while (layer.length > 0) {
    const next: number[] = [];
    let end = -1;
    for (const from of layer) {
      for (let way = 0; way < directions.length; way += 1) {
        const at = stepTo(entry, from, way);
        if (at < 0 || at === start || reachedBy[at] !== 0) continue;
        if (level.blocked.size > 0 && level.blocked.has(stepKey(placeOf(from), directions[way]!))) continue;
        reachedBy[at] = way + 1;
        next.push(at);
        if ((end < 0 || at < end) && isWanted(at)) end = at;
      }
    }
    if (end >= 0) return wayBack(level, reachedBy, start, end);
    layer = next;
  }
  return undefined;
}

function wayBack(level: Level, reachedBy: Uint8Array, start: number, end: number): Way {
  const moves: string[] = [];
  const through: Kind[] = [];
  for (let at = end; at !== start; ) {
    const way = reachedBy[at]! - 1;
    moves.unshift(directions[way]!);
    const kind = level.kinds[at]!;
    if (costly.includes(kind) && !through.includes(kind)) through.unshift(kind);
    at -= downs[way]! * columns + rights[way]!;
  }
  const direction = moves[0]!;
  const turn = moves.findIndex((move) => move !== direction);
  return { direction, steps: moves.length, straight: turn < 0 ? moves.length : turn, to: placeOf(end), through };
}
