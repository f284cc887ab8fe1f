/**
 * Where the player is, counted in squares from the start: x to the east, y to the south. Crafter tells no position, so it is worked out from
 * each move and what is seen after it; `certain` is false once a move could not be decided.
 *
 * A move turns the player and walks if the square is free; the player acts before the creatures do. So it was stopped by what it had faced,
 * or by what was listed one step off in that direction. Otherwise it walked if what is in front now is free, if things that never move are
 * seen elsewhere, or if the nearest of the kind in front was farther off before.
 */
import { creatures, walkable } from "./rules.ts";
import { type Direction, type Sight, thingText } from "./sight.ts";

export type Position = {
  x: number;
  y: number;
  certain: boolean;
  /** The last direction moved or turned to; `null` before the first move. */
  facing: Direction | null;
};

export const startPosition: Position = { x: 0, y: 0, certain: true, facing: null };

interface Walked {
  walked: boolean;
  certain: boolean;
}

const moves: Readonly<Record<string, Direction>> = {
  "Move West": "west",
  "Move East": "east",
  "Move North": "north",
  "Move South": "south",
};

const steps: Readonly<Record<Direction, readonly [x: number, y: number]>> = {
  west: [-1, 0],
  east: [1, 0],
  north: [0, -1],
  south: [0, 1],
};

export function moveDirection(action: string): Direction | undefined {
  return moves[action];
}

/** The position after `action` was played; the same one for an action that is no move. */
export function nextPosition(position: Position, action: string, before: Sight, after: Sight): Position {
  const direction = moves[action];
  if (direction === undefined) return position;
  const { walked, certain } = hasWalked(position.facing === direction, direction, before, after);
  const [x, y] = walked ? steps[direction] : [0, 0];
  return { x: position.x + x, y: position.y + y, certain: position.certain && certain, facing: direction };
}

/** "at 3 east, 2 north of the start" */
export function positionText({ x, y, certain }: Position): string {
  const parts = [
    x === 0 ? "" : `${Math.abs(x)} ${x > 0 ? "east" : "west"}`,
    y === 0 ? "" : `${Math.abs(y)} ${y > 0 ? "south" : "north"}`,
  ].filter((part) => part !== "");
  const place = parts.length === 0 ? "at the start" : `${parts.join(", ")} of the start`;
  return certain ? place : `about ${place}`;
}

function hasWalked(wasFacing: boolean, direction: Direction, before: Sight, after: Sight): Walked {
  if (wasFacing && before.faced !== undefined) return { walked: walkable.includes(before.faced), certain: true };
  const beside = before.things.filter(({ name, steps: away }) => away === 1 && !walkable.includes(name));
  if (beside.some(({ directions }) => directions[0] === direction)) return { walked: false, certain: true };
  if (fixedThings(before) !== fixedThings(after)) return { walked: true, certain: true };
  const { faced } = after;
  if (faced === undefined || !before.listed)
    return { walked: faced === undefined || walkable.includes(faced), certain: false };
  // Of two of a kind one step off only one is listed: the other may have been in the way. Then what never moves tells, if any is seen.
  if (walkable.includes(faced)) return { walked: true, certain: !beside.some(({ name }) => creatures.includes(name)) };
  if (beside.some(({ name }) => name === faced)) return { walked: fixedThings(before) === "", certain: false };
  return { walked: true, certain: true };
}

/** What stays where it is and cannot be hidden by a creature, as one text. */
function fixedThings({ things }: Sight): string {
  const fixed = things.filter(({ name }) => !creatures.includes(name) && !walkable.includes(name) && name !== "plant");
  return fixed.map(thingText).sort().join(", ");
}
