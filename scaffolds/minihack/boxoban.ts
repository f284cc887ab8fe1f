/**
 * Boxoban as a puzzle: what a step in each of the four directions does, and which pushes lose the level. A boulder or the player hides
 * the fountain under it, so fountains are remembered from the observations before.
 */
import { neighbourOf, type Place, samePlace } from "./nle/directions.ts";
import { indexOf, kindAt, type Level, placesOf } from "./nle/level.ts";

export type StepEffect =
  | "free"
  | "blocked"
  | "push"
  | "push onto a fountain"
  | "push off a fountain"
  | "push into a corner";

export interface Board {
  /** All fountains seen so far, from the top left, line by line. */
  fountains: Place[];
  boulders: Place[];
  /** Boulders that stand on a fountain. */
  done: number;
  /** By direction. */
  steps: { [direction: string]: StepEffect };
  /** Boulders in a corner that is no fountain: they can never be moved again. */
  lost: Place[];
}

const four = ["north", "east", "south", "west"];

/** The board around the player; `known` are the fountains seen before. */
export function readBoard(level: Level, known: readonly Place[]): Board {
  const shown = placesOf(level, "fountain");
  const fountains = [...shown, ...known.filter((place) => !shown.some((other) => samePlace(place, other)))];
  fountains.sort((one, other) => indexOf(one) - indexOf(other));
  const boulders = placesOf(level, "boulder");
  const isFountain = (place: Place) => fountains.some((other) => samePlace(place, other));
  return {
    fountains,
    boulders,
    done: boulders.filter(isFountain).length,
    steps: Object.fromEntries(four.map((direction) => [direction, stepEffect(level, direction, isFountain)])),
    lost: boulders.filter((place) => !isFountain(place) && isCorner(level, place)),
  };
}

/** One line on the four steps and one on the whole. */
export function boardText(board: Board): string {
  const steps = four.map((direction) => `${direction}: ${board.steps[direction]}`).join("; ");
  const lines = [`Boulders on fountains: ${board.done} of ${board.boulders.length}.`, `One step from here: ${steps}.`];
  const open = board.fountains.filter((place) => !board.boulders.some((other) => samePlace(place, other)));
  lines.push(`Boulders at ${placesText(board.boulders)}; fountains without one at ${placesText(open)}.`);
  if (board.lost.length > 0) lines.push(`Lost in a corner: ${placesText(board.lost)}.`);
  return lines.join("\n");
}

function stepEffect(level: Level, direction: string, isFountain: (place: Place) => boolean): StepEffect {
  const next = neighbourOf(level.hero, direction);
  if (isSolid(level, next)) return "blocked";
  if (kindAt(level, next) !== "boulder") return "free";
  const beyond = neighbourOf(next, direction);
  if (isSolid(level, beyond) || kindAt(level, beyond) === "boulder" || kindAt(level, beyond) === "creature") {
    return "blocked";
  }
  if (isFountain(beyond)) return "push onto a fountain";
  if (isCorner(level, beyond)) return "push into a corner";
  return isFountain(next) ? "push off a fountain" : "push";
}

/** Walls on two sides that meet: nothing pushed in here comes out. */
function isCorner(level: Level, place: Place): boolean {
  const solid = (direction: string) => isSolid(level, neighbourOf(place, direction));
  return (solid("north") || solid("south")) && (solid("east") || solid("west"));
}

/** A level of Boxoban is shown whole: bars, and what is blank, are its walls. */
function isSolid(level: Level, place: Place): boolean {
  const kind = kindAt(level, place);
  return kind === "bars" || kind === "corridor" || kind === "wall" || kind === "unseen";
}

function placesText(places: readonly Place[]): string {
  return places.length === 0 ? "none" : places.map(({ x, y }) => `(${x},${y})`).join(" ");
}
