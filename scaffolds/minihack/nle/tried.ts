/** What was tried on a level and need not be tried again: steps that had no effect, locked doors, places searched. */
import { distance, moveDirection, neighbourOf, type Place, samePlace } from "./directions.ts";
import type { Effect, PastStep, Shown } from "./history.ts";
import { kindAt, type Level, stepKey } from "./level.ts";
import { patience } from "./oscillation.ts";

/** The part of a track that is kept here. */
export interface Tried {
  levelName: string;
  shown: Shown | null;
  /** Steps of this level that had no effect, by `stepKey`; forgotten when doors, boulders or the like change. */
  blocked: string[];
  /** A door that the game said is locked. */
  lockedDoor: Place | null;
  /** Places of this level that were searched often enough. */
  searched: Place[];
}

/** Searches in a row that are enough for a place. */
const enoughSearches = 10;

export function searchedNow(
  before: Tried,
  levelName: string,
  level: Level | undefined,
  history: readonly PastStep[],
): Place[] {
  const old = before.levelName === levelName ? before.searched : [];
  if (level === undefined || patience(history) < enoughSearches || old.some((place) => samePlace(place, level.hero)))
    return old;
  return [...old, level.hero].slice(-mostSearched);
}

/** Most places that are remembered as searched. */
const mostSearched = 100;

/** Most steps that are remembered as blocked. */
const mostBlocked = 200;

export function blockedNow(before: Tried, now: Shown, executed: string | undefined, effect: Effect | null): string[] {
  const old = before.shown;
  if (old === null || now.level !== old.level || now.features !== old.features) return [];
  const direction = executed === undefined ? undefined : moveDirection(executed);
  if (effect !== "nothing" || direction === undefined || old.place === null) return before.blocked;
  const key = stepKey(old.place, direction);
  return before.blocked.includes(key) ? before.blocked : [...before.blocked, key].slice(-mostBlocked);
}

/** The door the last direction led to, if the game calls it locked; the one known before while it is closed and beside the player. */
export function lockedNow(
  before: Tried,
  level: Level | undefined,
  history: readonly PastStep[],
  message: string,
): Place | null {
  if (level === undefined) return before.lockedDoor;
  const last = history[history.length - 1];
  const direction = last === undefined ? undefined : moveDirection(last.action);
  const named = /\bdoor is locked\b/.test(message) && direction !== undefined;
  const place = named ? neighbourOf(level.hero, direction) : before.lockedDoor;
  return place !== null && kindAt(level, place) === "closed door" && distance(place, level.hero) === 1 ? place : null;
}
