/**
 * The map as kinds of squares. A sign alone is not enough: `-` and `|` are walls or open doors, `+` a closed door or a book, `}` water or
 * lava, `#` a corridor or bars. The shape of the walls tells doors apart; near the player the words around him tell the rest.
 */
import type { Place } from "./directions.ts";
import { heroPlace, type Screen, symbolAt } from "./screen.ts";
import { exactPlaces, readSurroundings, type Surrounding } from "./surroundings.ts";

export type Kind =
  | "unseen"
  | "floor"
  | "corridor"
  | "wall"
  | "bars"
  | "open door"
  | "closed door"
  | "stairs up"
  | "stairs down"
  | "fountain"
  | "altar"
  | "lava"
  | "water"
  | "water or lava"
  | "boulder"
  | "trap"
  | "creature"
  | "thing";

export const columns = 80;
export const lines = 22;

export interface Level {
  /** By `indexOf`. The player's own square is floor: what lies under him is not shown. */
  kinds: readonly Kind[];
  hero: Place;
  /** Names of what is 1 or 2 steps away, by `indexOf`: "tame little dog", "vertical open door". */
  names: ReadonlyMap<number, string>;
  /** All that is around, near or far. */
  around: readonly Surrounding[];
  /** Squares of the map that have been seen. */
  seen: number;
  /** Steps that were tried and had no effect, by `stepKey`: ways keep clear of them. */
  blocked: ReadonlySet<string>;
}

/** The level around the player; `undefined` while he is not on it (questions, menus, texts). */
export function readLevel(screen: Screen, blocked: ReadonlySet<string> = new Set()): Level | undefined {
  const hero = heroPlace(screen);
  if (hero === undefined || hero.y < 1 || hero.y >= lines || hero.x >= columns) return undefined;
  const around = readSurroundings(screen.surroundings);
  const liquid = liquidOf(around);
  const kinds: Kind[] = new Array(columns * lines).fill("unseen");
  let seen = 0;
  for (let y = 1; y < lines; y += 1) {
    const row = screen.rows[y - 1] ?? "";
    for (let x = 0; x < Math.min(row.length, columns); x += 1) {
      const symbol = row[x] ?? " ";
      if (symbol === " ") continue;
      seen += 1;
      kinds[y * columns + x] = kindOf(screen, symbol, { x, y }, liquid);
    }
  }
  const names = new Map<number, string>();
  for (const surrounding of around) {
    for (const place of exactPlaces(surrounding, hero)) {
      if (place.x < 0 || place.x >= columns || place.y < 1 || place.y >= lines) continue;
      const at = indexOf(place);
      const kind = kindOfName(surrounding.name);
      // A dark area is what the map leaves blank, or remembers: the map tells it better.
      if (surrounding.name === "dark area") continue;
      names.set(at, surrounding.name);
      if (kind !== undefined) kinds[at] = kind;
    }
  }
  kinds[indexOf(hero)] = "floor";
  return { kinds, hero, names, around, seen, blocked };
}

export function indexOf({ x, y }: Place): number {
  return y * columns + x;
}

export function stepKey(place: Place, direction: string): string {
  return `${indexOf(place)} ${direction}`;
}

export function placeOf(index: number): Place {
  return { x: index % columns, y: Math.floor(index / columns) };
}

export function kindAt(level: Pick<Level, "kinds">, { x, y }: Place): Kind {
  if (x < 0 || x >= columns || y < 1 || y >= lines) return "unseen";
  return level.kinds[y * columns + x] ?? "unseen";
}

/** The squares of a kind, from the top left, line by line. */
export function placesOf(level: Pick<Level, "kinds">, kind: Kind): Place[] {
  const found: Place[] = [];
  for (let at = level.kinds.indexOf(kind); at >= 0; at = level.kinds.indexOf(kind, at + 1)) found.push(placeOf(at));
  return found;
}

const plain: ReadonlyMap<string, Kind> = new Map([
  [".", "floor"],
  ["#", "corridor"],
  ["<", "stairs up"],
  [">", "stairs down"],
  ["{", "fountain"],
  ["_", "altar"],
  ["`", "boulder"],
  ["^", "trap"],
]);

const creatures = new Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@&';:~");

function kindOf(screen: Screen, symbol: string, place: Place, liquid: Kind): Kind {
  const known = plain.get(symbol);
  if (known !== undefined) return known;
  if (symbol === "}") return liquid;
  if (symbol === "-" || symbol === "|" || symbol === "+") return doorOrWall(screen, symbol, place);
  return creatures.has(symbol) ? "creature" : "thing";
}

/**
 * An open door stands across its wall: `-` in a wall that runs up and down, `|` in one that runs left and right. A `+` or `|` in the open,
 * with floor or things on all sides, is a book or a grave; elsewhere it is a door or a wall.
 */
function doorOrWall(screen: Screen, symbol: string, { x, y }: Place): Kind {
  const beside = (right: number, down: number) => symbolAt(screen, { x: x + right, y: y + down });
  const [north, east, south, west] = [beside(0, -1), beside(1, 0), beside(0, 1), beside(-1, 0)] as const;
  if (symbol === "-") {
    return isWall(north) && isWall(south) && !isWall(west) && !isWall(east) ? "open door" : "wall";
  }
  if (symbol === "|" && isWall(west) && isWall(east) && !isWall(north) && !isWall(south)) return "open door";
  const inTheOpen = ![north, east, south, west].some((other) => isWall(other) || other === " " || other === "#");
  // A wall between two doorways has floor all around, and wall again one square on.
  const goesOn = symbol === "|" && (beside(0, -2) === "|" || beside(0, 2) === "|");
  if (inTheOpen && !goesOn) return "thing";
  return symbol === "+" ? "closed door" : "wall";
}

function isWall(symbol: string): boolean {
  return symbol === "-" || symbol === "|" || symbol === "+";
}

/** `}` is what the words around speak of; both or neither: it is not known. */
function liquidOf(around: readonly Surrounding[]): Kind {
  const lava = around.some(({ name }) => isLava(name));
  const water = around.some(({ name }) => isWater(name));
  return lava === water ? "water or lava" : lava ? "lava" : "water";
}

function isLava(name: string): boolean {
  return /\b(?:molten )?lava$/.test(name);
}

function isWater(name: string): boolean {
  return /\b(?:water|moat|pool)s?$/.test(name);
}

/** What a name says of the square; `undefined` for creatures and things, which the sign tells apart. */
function kindOfName(name: string): Kind | undefined {
  if (/\bopen doors?$/.test(name)) return "open door";
  if (/\bclosed doors?$/.test(name)) return "closed door";
  if (/(?:\bwalls?|\bcorners?)$/.test(name)) return "wall";
  if (/^boulders?$/.test(name)) return "boulder";
  if (/^(?:iron )?bars$/.test(name)) return "bars";
  if (/^trees?$/.test(name)) return "bars";
  if (/^(?:doorways?|broken doors?)$/.test(name)) return "floor";
  if (/^(?:stairs|staircases?|ladders?) up$/.test(name)) return "stairs up";
  if (/^(?:stairs|staircases?|ladders?) down$/.test(name)) return "stairs down";
  if (/^fountains?$/.test(name)) return "fountain";
  // A statue is drawn as the creature it shows.
  if (/\bstatues?$/.test(name)) return "thing";
  if (isLava(name)) return "lava";
  if (isWater(name)) return "water";
  return undefined;
}
