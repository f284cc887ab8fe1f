/** What is seen and faced, read off the long text of an observation. */

export type Direction = "north" | "south" | "west" | "east";

export interface Thing {
  name: string;
  /** Steps north or south plus steps west or east; at least 1. */
  steps: number;
  /** One direction, or two: first north or south, then west or east. */
  directions: Direction[];
}

export interface Sight {
  asleep: boolean;
  dead: boolean;
  /** The nearest of each kind, in the order of the text. */
  things: Thing[];
  /** What is on the square in front; `undefined` at the edge of the map, and where the text has no such line. */
  faced: string | undefined;
  /** False where nothing could be listed: within a few squares of the map's west and north edges. */
  listed: boolean;
}

const asleepText = "You are sleeping, and will not be able take actions until energy is full.";
const deadText = "You died.";
const thingForm = /^- ([A-Za-z]+) ([1-9]\d{0,3}) steps? to your (north|south|west|east|(?:north|south)-(?:west|east))$/;
const facedForm = /^You face ([A-Za-z]+) at your front\.$/;

/** Reads any text; lines of another form are passed over. */
export function readSight(long: string): Sight {
  const sight: Sight = { asleep: false, dead: false, things: [], faced: undefined, listed: false };
  for (const line of long.split("\n")) {
    if (line === asleepText) sight.asleep = true;
    else if (line === deadText) sight.dead = true;
    const thing = thingForm.exec(line);
    if (thing !== null) sight.things.push(thingOf(thing));
    const faced = facedForm.exec(line)?.[1];
    if (faced !== undefined && faced !== "nothing" && faced !== "None") sight.faced = faced;
  }
  sight.listed = sight.things.length > 0;
  return sight;
}

/** The nearest of a kind; `undefined` if none is in sight. */
export function nearest(sight: Sight, name: string): Thing | undefined {
  return sight.things.find((thing) => thing.name === name);
}

export function thingText({ name, steps, directions }: Thing): string {
  return `${name} ${steps} ${steps === 1 ? "step" : "steps"} ${directions.join("-")}`;
}

/**
 * Whether a kind lies in the 3 by 3 squares around the player. "maybe": nothing is listed here, or the one that is named lies two steps
 * straight off and another, as near by steps, could lie at a corner.
 */
export function isNear(sight: Sight, name: string): "yes" | "no" | "maybe" {
  if (sight.faced === name) return "yes";
  if (!sight.listed) return "maybe";
  const thing = nearest(sight, name);
  if (thing === undefined) return "no";
  if (thing.steps === 1 || (thing.steps === 2 && thing.directions.length === 2)) return "yes";
  return thing.steps === 2 ? "maybe" : "no";
}

function thingOf(match: RegExpExecArray): Thing {
  const directions = (match[3] ?? "").split("-") as Direction[];
  return { name: match[1] ?? "", steps: Number(match[2]), directions };
}
