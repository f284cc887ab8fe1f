/**
 * What is around in words: "giant rat 1 step away (directly reachable) northeast and east" (AutoMem's wording), or
 * "giant rat adjacent northeast and east" (BALROG's). Things 1 and 2 steps away have an exact place each; those farther away do not.
 */
import { compass, type Place } from "./directions.ts";

export interface Surrounding {
  /** As the text has it: "vertical open door", "tame little dog", "area of lava". */
  name: string;
  /** The least number of steps: 1, 2, 3 (to 4), 5 (to 8), 9 (and more). */
  steps: 1 | 2 | 3 | 5 | 9;
  /** One of the eight, or two with a space between for what lies between them, the straight one first: "north northeast". */
  directions: string[];
}

const phrase =
  /^(.+) (9\+ steps away|5-8 steps away|3-4 steps away|2 steps away|1 step away \(directly reachable\)|very far|very near|far|near|adjacent) ([a-z, ]+)$/;

const stepsOf: Readonly<Record<string, Surrounding["steps"]>> = {
  "9+ steps away": 9,
  "5-8 steps away": 5,
  "3-4 steps away": 3,
  "2 steps away": 2,
  "1 step away (directly reachable)": 1,
  "very far": 9,
  far: 5,
  near: 3,
  "very near": 2,
  adjacent: 1,
};

const straight = ["north", "east", "south", "west"];
const diagonal = ["northeast", "southeast", "southwest", "northwest"];

/** The lines that have the form, in their order; others are left out. */
export function readSurroundings(text: string): Surrounding[] {
  const found: Surrounding[] = [];
  for (const line of text.split("\n")) {
    const surrounding = readLine(line);
    if (surrounding !== undefined) found.push(surrounding);
  }
  return found;
}

/** The squares of a thing 1 or 2 steps away; none for what is farther. */
export function exactPlaces(surrounding: Surrounding, hero: Place): Place[] {
  if (surrounding.steps > 2) return [];
  return surrounding.directions.map((direction) => {
    const [first = "", second] = direction.split(" ");
    const one = compass[first] ?? [0, 0];
    const other = compass[second ?? first] ?? [0, 0];
    // Two steps: twice the one way, or once each way of the two, as a knight moves in chess.
    const [right, down] = surrounding.steps === 1 ? one : [one[0] + other[0], one[1] + other[1]];
    return { x: hero.x + right, y: hero.y + down };
  });
}

function readLine(line: string): Surrounding | undefined {
  const found = phrase.exec(line.trimEnd());
  if (found === null) return undefined;
  let [, name = "", distance = "", where = ""] = found;
  if (name.endsWith(" very")) {
    name = name.slice(0, -" very".length);
    distance = `very ${distance}`;
  }
  const directions = readDirections(where);
  const steps = stepsOf[distance];
  return directions === undefined || steps === undefined ? undefined : { name, steps, directions };
}

/** `undefined` if a word is no direction. */
function readDirections(text: string): string[] | undefined {
  const joined = text.replace(/\bbetween (\w+) and (\w+)/g, "$1+$2");
  const directions = joined.split(/, and |, | and /).map((word) => readDirection(word.trim()));
  return directions.includes(undefined) ? undefined : (directions as string[]);
}

function readDirection(word: string): string | undefined {
  if (Object.hasOwn(compass, word)) return word;
  for (const one of straight) {
    for (const other of diagonal) {
      if (other.includes(one) && (word === `${one}+${other}` || word === `${one}${other}`)) return `${one} ${other}`;
    }
  }
  return undefined;
}
