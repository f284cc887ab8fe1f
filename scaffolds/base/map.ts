/** The squares around the player in NetHack and MiniHack, read off the map and the text observation. */

export const directions: Readonly<Record<string, readonly [column: number, row: number]>> = {
  north: [0, -1],
  northeast: [1, -1],
  east: [1, 0],
  southeast: [1, 1],
  south: [0, 1],
  southwest: [-1, 1],
  west: [-1, 0],
  northwest: [-1, -1],
};

const cursorAndMap = /\ncursor:\n[^\n]*\n\(x=(\d+), y=(\d+)\)\n\nmap:\n/;

const symbols: Readonly<Record<string, string>> = {
  " ": "unseen",
  ".": "floor",
  "#": "corridor",
  "-": "wall",
  "|": "wall",
  "+": "closed door or book",
  "<": "stairs up",
  ">": "stairs down",
  "{": "fountain",
  "}": "water or lava",
  "`": "boulder",
  "^": "trap",
  _: "altar",
  "\\": "throne",
};

/** Squares on which nothing stands in the way. */
const free = ["floor", "corridor", "stairs up", "stairs down", "doorway", "open door", "fountain"];

export type Neighbours = { [direction: string]: string };

/**
 * What lies in the eight directions; `undefined` where the player cannot be found on the map (menus, questions, other games).
 * The text observation names doors, boulders and creatures; the map alone cannot tell an open door from a wall.
 */
export function neighbours(observation: string): Neighbours | undefined {
  const start = observation.indexOf("\ncursor:\n");
  const found = start < 0 ? null : cursorAndMap.exec(observation.slice(start));
  if (found === null) return undefined;
  // Rows are kept as they are, blank ones too: row 0 of the map is line y = 1 of the screen.
  const rows = observation.slice(start + found.index + found[0].length).split("\n");
  const column = Number(found[1]);
  const row = Number(found[2]) - 1;
  if (rows[row]?.[column] !== "@") return undefined;
  const named = namedNeighbours(observation.slice(0, start + found.index));
  const result: Neighbours = {};
  for (const [direction, [right, down]] of Object.entries(directions)) {
    const symbol = rows[row + down]?.[column + right] ?? " ";
    result[direction] = named[direction] ?? nameOf(symbol);
  }
  return result;
}

/** Directions in which a step is not blocked by what is seen. */
export function freeDirections(around: Neighbours): string[] {
  return Object.keys(around).filter((direction) => free.includes(around[direction] ?? ""));
}

/** One line; squares of the same kind together. */
export function neighboursText(around: Neighbours): string {
  const byKind = new Map<string, string[]>();
  for (const [direction, kind] of Object.entries(around)) byKind.set(kind, [...(byKind.get(kind) ?? []), direction]);
  return `Next to you: ${[...byKind].map(([kind, where]) => `${kind} ${where.join(", ")}`).join("; ")}.`;
}

function nameOf(symbol: string): string {
  const known = symbols[symbol];
  if (known !== undefined) return known;
  return /[A-Za-z@&';:]/.test(symbol) ? `creature ${symbol}` : `thing ${symbol}`;
}

/** From lines such as "giant rat 1 step away (directly reachable) north and east" (or "adjacent" in the shorter wording). */
function namedNeighbours(text: string): Neighbours {
  const result: Neighbours = {};
  for (const line of text.split("\n")) {
    // Few lines are of this kind, and a regular expression for each would be dear.
    if (!line.includes(" adjacent ") && !line.includes(" 1 step away ")) continue;
    const match = /^(.+?) (?:1 step away \(directly reachable\)|adjacent) (.+)$/.exec(line);
    if (match === null) continue;
    const name = plainName(match[1] ?? "");
    if (name === undefined) continue;
    for (const direction of (match[2] ?? "").split(/, and |, | and /)) {
      if (directions[direction] !== undefined) result[direction] = name;
    }
  }
  return result;
}

/** `undefined` for what the map tells better. */
function plainName(name: string): string | undefined {
  if (name.endsWith("dark area")) return undefined;
  if (/open door$/.test(name)) return "open door";
  if (/closed door$/.test(name)) return "closed door";
  if (/(wall|corner)$/.test(name)) return "wall";
  return name;
}
