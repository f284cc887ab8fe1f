/** The eight directions of NetHack's moves, and places on its terminal. */

/** A square: column and line of the terminal, as the cursor gives them. The map takes lines 1 to 21; line 0 is the message's. */
export interface Place {
  x: number;
  y: number;
}

/** East is +x, south is +y. Straight ones come first: where two ways are equally long, they are tried first. */
export const compass: Readonly<Record<string, readonly [right: number, down: number]>> = {
  north: [0, -1],
  east: [1, 0],
  south: [0, 1],
  west: [-1, 0],
  northeast: [1, -1],
  southeast: [1, 1],
  southwest: [-1, 1],
  northwest: [-1, -1],
};

const opposites: Readonly<Record<string, string>> = {
  north: "south",
  east: "west",
  south: "north",
  west: "east",
  northeast: "southwest",
  southeast: "northwest",
  southwest: "northeast",
  northwest: "southeast",
};

/** The direction of a move: of "east" and "far east" alike. `undefined` for any other action. */
export function moveDirection(action: string): string | undefined {
  const name = action.startsWith("far ") ? action.slice(4) : action;
  return Object.hasOwn(compass, name) ? name : undefined;
}

export function opposite(direction: string): string | undefined {
  return Object.hasOwn(opposites, direction) ? opposites[direction] : undefined;
}

export function neighbourOf(place: Place, direction: string): Place {
  const [right, down] = compass[direction] ?? [0, 0];
  return { x: place.x + right, y: place.y + down };
}

/** The one of the eight directions that comes nearest; `undefined` for the same place. */
export function roughDirection(from: Place, to: Place): string | undefined {
  const right = to.x - from.x;
  const down = to.y - from.y;
  const vertical = down < 0 ? "north" : down > 0 ? "south" : "";
  const horizontal = right < 0 ? "west" : right > 0 ? "east" : "";
  if (Math.abs(right) > 2 * Math.abs(down)) return horizontal;
  if (Math.abs(down) > 2 * Math.abs(right)) return vertical;
  return vertical + horizontal || undefined;
}

/** Moves between two places with nothing in the way. */
export function distance(from: Place, to: Place): number {
  return Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
}

export function samePlace(one: Place, other: Place): boolean {
  return one.x === other.x && one.y === other.y;
}

export function placeText(place: Place): string {
  return `(${place.x},${place.y})`;
}
