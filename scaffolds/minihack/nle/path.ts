/**
 * The shortest way over squares that have been seen. Never through walls, bars, boulders, water or lava, nor over what is unseen; not
 * diagonally through a door. Traps, creatures and closed doors only if there is no way without them.
 * Which of several places is meant never depends on the order they are given in: nearest first, then the upper, then the left one.
 */
import { compass, type Place, placeText } from "./directions.ts";
import { columns, indexOf, type Kind, type Level, lines, placeOf } from "./level.ts";

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
  const from = indexOf(level.hero);
  return Object.keys(compass).filter((direction) => isStep(level, from, direction, free));
}

/** "west, 5 steps (the first 3 west), to (30,7)". */
export function wayText(way: Way): string {
  const through = way.through.length === 0 ? "" : `, past ${way.through.join(" and ")}`;
  const first = way.straight === way.steps ? "" : ` (the first ${way.straight} of them ${way.direction})`;
  return `${way.direction}, ${way.steps} ${way.steps === 1 ? "step" : "steps"}${first}, to ${placeText(way.to)}${through}`;
}

function search(level: Level, isWanted: (index: number) => boolean, passable: readonly Kind[]): Way | undefined {
  const start = indexOf(level.hero);
  const cameFrom = new Map<number, { from: number; direction: string }>();
  let layer = [start];
  while (layer.length > 0) {
    const next: number[] = [];
    for (const from of layer) {
      for (const direction of directions) {
        if (!isStep(level, from, direction, passable)) continue;
        const at = from + offsets[direction]!;
        if (at === start || cameFrom.has(at)) continue;
        cameFrom.set(at, { from, direction });
        next.push(at);
      }
    }
    const reached = next.filter(isWanted);
    if (reached.length > 0) return wayBack(level, cameFrom, start, Math.min(...reached));
    layer = next;
  }
  return undefined;
}

const directions = Object.keys(compass);
const offsets: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(compass).map(([direction, [right, down]]) => [direction, down * columns + right]),
);

function isStep(level: Level, from: number, direction: string, passable: readonly Kind[]): boolean {
  const [right, down] = compass[direction]!;
  const x = (from % columns) + right;
  const y = Math.floor(from / columns) + down;
  if (x < 0 || x >= columns || y < 1 || y >= lines) return false;
  const kind = level.kinds[y * columns + x]!;
  if (!passable.includes(kind)) return false;
  return right === 0 || down === 0 || !(isDoor(kind) || isDoor(level.kinds[from]!));
}

function isDoor(kind: Kind): boolean {
  return kind === "open door" || kind === "closed door";
}

function wayBack(
  level: Level,
  cameFrom: ReadonlyMap<number, { from: number; direction: string }>,
  start: number,
  end: number,
): Way {
  const moves: string[] = [];
  const through: Kind[] = [];
  for (let at = end; at !== start; ) {
    const step = cameFrom.get(at)!;
    moves.unshift(step.direction);
    const kind = level.kinds[at]!;
    if (costly.includes(kind) && !through.includes(kind)) through.unshift(kind);
    at = step.from;
  }
  const direction = moves[0]!;
  const turn = moves.findIndex((move) => move !== direction);
  return { direction, steps: moves.length, straight: turn < 0 ? moves.length : turn, to: placeOf(end), through };
}
