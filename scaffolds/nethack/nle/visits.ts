/** How often each square of the level was entered. Standing still is no visit: who fights where he stands is not going round in circles. */
import { distance, neighbourOf, type Place, samePlace } from "./directions.ts";
import type { Level } from "./level.ts";
import { openDirections } from "./path.ts";

export interface Visits {
  /** The level they are of; another level starts anew. */
  level: string;
  last: Place;
  /** By "x,y". */
  counts: { [place: string]: number };
}

/** Counts the square the player stands on if he has just entered it, and those he ran over in `direction` to get there. */
export function countVisit(before: Visits | undefined, level: string, hero: Place, direction?: string): Visits {
  const visits = before?.level === level ? before : { level, last: { x: -1, y: -1 }, counts: {} };
  if (samePlace(visits.last, hero)) return visits;
  const counts = { ...visits.counts };
  for (const place of [...squaresBetween(visits.last, hero, direction), hero]) {
    counts[placeKey(place)] = visitsOf(visits, place) + 1;
  }
  return { level, last: { x: hero.x, y: hero.y }, counts };
}

export function visitsOf(visits: Visits, place: Place): number {
  return visits.counts[placeKey(place)] ?? 0;
}

/** The direction of the least visited square a step away that nothing blocks; of equals the first of the compass. */
export function leastVisited(visits: Visits, level: Level): { direction: string; visits: number } | undefined {
  let best: { direction: string; visits: number } | undefined;
  for (const direction of openDirections(level)) {
    const count = visitsOf(visits, neighbourOf(level.hero, direction));
    if (best === undefined || count < best.visits) best = { direction, visits: count };
  }
  return best;
}

/** The squares passed by running from one place to the other; none if they are not in line. */
function squaresBetween(from: Place, to: Place, direction: string | undefined): Place[] {
  if (direction === undefined) return [];
  const passed: Place[] = [];
  let place = neighbourOf(from, direction);
  for (let steps = distance(from, to); steps > 1; steps -= 1) {
    passed.push(place);
    place = neighbourOf(place, direction);
  }
  return samePlace(place, to) ? passed : [];
}

export function placeKey({ x, y }: Place): string {
  return `${x},${y}`;
}
