/**
 * Where the stairs of this level are. The player hides what he stands on, and so do creatures and things: a square where stairs were
 * seen is remembered until floor, a wall or the like is seen there, or the level is left.
 */
import { distance, type Place, samePlace } from "./directions.ts";
import { indexOf, type Kind, kindAt, type Level, placesOf } from "./level.ts";

export interface Stairs {
  /** The level they are on, as the status line names it. */
  level: string;
  down: Place[];
  up: Place[];
}

/** What is known of the way the player came: the move between levels that the last step made. */
export interface Arrival {
  by: "down" | "up";
  /** False if he fell or was carried: then he need not stand on stairs. */
  byStairs: boolean;
}

/** The stairs known now. `levelName` is the status line's, or the last known one where it is not shown. */
export function trackStairs(before: Stairs | undefined, levelName: string, level: Level, arrival?: Arrival): Stairs {
  const old = before?.level === levelName ? before : undefined;
  const known = (kind: "stairs down" | "stairs up", remembered: readonly Place[] = []) => {
    const shown = placesOf(level, kind);
    const hidden = remembered.filter(
      (place) => isHidden(level, place) && !shown.some((other) => samePlace(place, other)),
    );
    return [...shown, ...hidden].sort((one, other) => indexOf(one) - indexOf(other));
  };
  const stairs = { level: levelName, down: known("stairs down", old?.down), up: known("stairs up", old?.up) };
  if (old === undefined && arrival?.byStairs === true) {
    // Who comes down stands on stairs that lead up.
    (arrival.by === "down" ? stairs.up : stairs.down).push({ ...level.hero });
  }
  return stairs;
}

/** The stairs under the player. */
export function stairsUnder(stairs: Stairs, hero: Place): "down" | "up" | undefined {
  if (stairs.down.some((place) => samePlace(place, hero))) return "down";
  return stairs.up.some((place) => samePlace(place, hero)) ? "up" : undefined;
}

/** Stairs one step away. */
export function stairsBeside(places: readonly Place[], hero: Place): Place | undefined {
  return places.find((place) => distance(place, hero) === 1);
}

const covering: readonly Kind[] = ["creature", "thing", "boulder"];

function isHidden(level: Level, place: Place): boolean {
  return samePlace(place, level.hero) || covering.includes(kindAt(level, place));
}
