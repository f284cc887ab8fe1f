/**
 * Follows the player from observation to observation: where he is, what his action did, where he has been, where the stairs are.
 * Track is plain JSON and lives in the scaffold's state; Facts are what this observation came to, and go out as signals.
 */
import { aroundText, doorsText, foesBeside } from "./around.ts";
import { moveDirection, type Place, roughDirection } from "./directions.ts";
import { isSearched, nearestToSearch, nearestUnexplored } from "./explore.ts";
import { type Effect, effectOf, type PastStep, remember } from "./history.ts";
import { type Item, inventoryChanges, readInventory } from "./inventory.ts";
import { type Level, readLevel } from "./level.ts";
import { oscillation, patience, stuckSteps, uselessRepeats } from "./oscillation.ts";
import { openDirections, type Way, wayTo } from "./path.ts";
import { type Question, readQuestion } from "./question.ts";
import { readScreen } from "./screen.ts";
import { shownNow } from "./shown.ts";
import { type Arrival, type Stairs, stairsUnder, trackStairs } from "./stairs.ts";
import { readStatusLine, type StatusLine } from "./status-line.ts";
import { blockedNow, lockedNow, searchedNow, type Tried } from "./tried.ts";
import { countVisit, leastVisited, type Visits, visitsOf } from "./visits.ts";

export interface Track extends Tried {
  depth: number | null;
  items: Item[];
  history: PastStep[];
  visits: Visits | null;
  stairs: Stairs | null;
}

export interface Facts {
  message: string;
  /** "Dlvl:4"; the last known one while the status is covered. */
  levelName: string;
  /** `null` while the map is not in front: questions, menus, texts. So are the facts read off the map. */
  place: Place | null;
  status: StatusLine | null;
  items: Item[];
  question: Question | null;
  /** What the last action brought; `null` at the first observation. */
  effect: Effect | null;
  /** Where a door beside the player is that the game said is locked. */
  lockedDoor: string | null;
  movedFrom: Place | null;
  gained: string[];
  lost: string[];
  /** Hit points now less those before. */
  hpChange: number;
  /** One line on the squares beside the player. */
  around: string | null;
  doors: string;
  /** Creatures beside the player, but for tame ones. */
  foes: { direction: string; name: string }[];
  /** Directions that nothing blocks. */
  open: string[];
  /** Stairs under the player. */
  under: "down" | "up" | null;
  /** The way to the nearest stairs down over seen squares. */
  toStairs: Way | null;
  /** Stairs down that are seen: the nearest, as the crow flies. */
  stairsSeen: { direction: string; to: Place } | null;
  toUnexplored: Way | null;
  /** The way to a place to search, where nothing else is left and enough was searched here. */
  toSearch: Way | null;
  visitsHere: number;
  leastVisited: { direction: string; visits: number } | null;
  oscillation: number;
  uselessRepeats: number;
  stuckSteps: number;
  patience: number;
}

export const emptyTrack: Track = {
  levelName: "Dlvl:1",
  depth: null,
  items: [],
  shown: null,
  history: [],
  visits: null,
  stairs: null,
  blocked: [],
  lockedDoor: null,
  searched: [],
};

export interface Tracked {
  track: Track;
  facts: Facts;
  level: Level | undefined;
}

/**
 * Takes in an observation. `executed` is what the game played before it; absent at the first. `undefined` for an observation of another
 * form; nothing is known then, and the old track stands.
 */
export function follow(
  before: Track,
  observation: { long: string; short: string },
  executed: string | undefined,
): Tracked | undefined {
  const screen = readScreen(observation.long);
  if (screen === undefined) return undefined;
  const status = readStatusLine(screen.rows) ?? null;
  const items = readInventory(observation.short);
  const question = readQuestion(screen) ?? null;
  const levelName = status?.level ?? before.levelName;
  const depth = status?.depth ?? before.depth;
  const bare = readLevel(screen);
  const shown = shownNow(before.shown, { screen, status, items, question, level: bare, levelName });
  const effect = before.shown === null || executed === undefined ? null : effectOf(before.shown, shown);
  const blocked = blockedNow(before, shown, executed, effect);
  const level = bare === undefined ? undefined : { ...bare, blocked: new Set(blocked) };
  const history = effect === null ? before.history : remember(before.history, pastStep(executed, level, effect));
  const lockedDoor = lockedNow(before, level, history, screen.message);
  const searched = searchedNow(before, levelName, level, history);
  const track: Track = { ...before, levelName, depth, items, shown, history, blocked, lockedDoor, searched };
  if (level !== undefined) {
    const arrival = arrivalOf(before, levelName, depth, executed, screen.message);
    track.visits = countVisit(before.visits ?? undefined, levelName, level.hero, runDirection(executed));
    track.stairs = trackStairs(before.stairs ?? undefined, levelName, level, arrival);
  }
  const changes = inventoryChanges(before.shown === null ? items : before.items, items);
  const facts: Facts = {
    message: screen.message.replaceAll("\u0000", "").trim(),
    levelName,
    place: level?.hero ?? null,
    status,
    items,
    question,
    effect,
    lockedDoor: lockedDoor === null || shown.place === null ? null : (roughDirection(shown.place, lockedDoor) ?? null),
    movedFrom: before.shown?.place ?? null,
    ...changes,
    hpChange: before.shown === null || before.shown.hp === null || status === null ? 0 : status.hp - before.shown.hp,
    ...mapFacts(level, track),
    oscillation: oscillation(history),
    uselessRepeats: uselessRepeats(history),
    stuckSteps: stuckSteps(history),
    patience: patience(history),
  };
  return { track, facts, level };
}

type MapFacts = Pick<
  Facts,
  | "around"
  | "doors"
  | "foes"
  | "open"
  | "under"
  | "toStairs"
  | "stairsSeen"
  | "toUnexplored"
  | "toSearch"
  | "visitsHere"
  | "leastVisited"
>;

function mapFacts(level: Level | undefined, track: Track): MapFacts {
  const { stairs, visits } = track;
  if (level === undefined || stairs === null || visits === null) {
    return {
      around: null,
      doors: "",
      foes: [],
      open: [],
      under: null,
      toStairs: null,
      stairsSeen: null,
      toUnexplored: null,
      toSearch: null,
      visitsHere: 0,
      leastVisited: null,
    };
  }
  const under = stairsUnder(stairs, level.hero) ?? null;
  const toStairs = under === "down" || stairs.down.length === 0 ? undefined : wayTo(level, stairs.down);
  const toUnexplored = nearestUnexplored(level, visits) ?? null;
  const isDone = toStairs === undefined && toUnexplored === null && under !== "down";
  return {
    around: aroundText(level),
    doors: doorsText(level),
    foes: foesBeside(level),
    open: openDirections(level),
    under,
    toStairs: toStairs ?? null,
    stairsSeen: under === "down" ? null : nearestSeen(stairs.down, level.hero),
    toUnexplored,
    toSearch:
      isDone && isSearched(track.searched, level.hero) ? (nearestToSearch(level, track.searched) ?? null) : null,
    visitsHere: visitsOf(visits, level.hero),
    leastVisited: leastVisited(visits, level) ?? null,
  };
}

function nearestSeen(places: readonly Place[], hero: Place): Facts["stairsSeen"] {
  const far = (place: Place) => Math.max(Math.abs(place.x - hero.x), Math.abs(place.y - hero.y));
  // Sorted from the top left already; a stable sort keeps that order among equals.
  const [to] = [...places].sort((one, other) => far(one) - far(other));
  const direction = to === undefined ? undefined : roughDirection(hero, to);
  return to === undefined || direction === undefined ? null : { direction, to };
}

function pastStep(executed: string | undefined, level: Level | undefined, effect: Effect): PastStep {
  return { action: executed ?? "", place: level?.hero ?? null, effect };
}

function runDirection(executed: string | undefined): string | undefined {
  return executed?.startsWith("far ") ? moveDirection(executed) : undefined;
}

/** A change of level by the stairs: the command for it, one level further, and no word of a fall. */
function arrivalOf(
  before: Track,
  levelName: string,
  depth: number | null,
  executed: string | undefined,
  message: string,
): Arrival | undefined {
  if (before.shown === null || levelName === before.levelName) return undefined;
  const by = depth !== null && before.depth !== null && depth < before.depth ? "up" : "down";
  const fell = /\b(?:fall|fell|trap ?door|hole|teleport|drain|yank)/i.test(message);
  const one = depth === null || before.depth === null || Math.abs(depth - before.depth) === 1;
  return { by, byStairs: executed === by && one && !fell };
}
