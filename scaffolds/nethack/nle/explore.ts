/** Where the level has not been looked at yet. */
import { compass } from "./directions.ts";
import { type Kind, kindAt, type Level, placeOf } from "./level.ts";
import { type Way, wayWhere } from "./path.ts";
import { placeKey, type Visits } from "./visits.ts";

/** Squares to walk to for a look; what may be behind a wall, water or a boulder is no reason to go there. */
const ways: readonly Kind[] = ["floor", "corridor", "open door", "closed door", "stairs up", "stairs down", "thing"];

/** The way to the nearest seen square that was never entered and has a blank one beside it; `undefined` if there is none. */
export function nearestUnexplored(level: Level, visits: Visits): Way | undefined {
  return wayWhere(level, (index) => {
    if (!ways.includes(level.kinds[index]!)) return false;
    const place = placeOf(index);
    return visits.counts[placeKey(place)] === undefined && hasBlankBeside(level, place.x, place.y);
  });
}

function hasBlankBeside(level: Level, x: number, y: number): boolean {
  return Object.values(compass).some(([right, down]) => {
    const beside = { x: x + right, y: y + down };
    return beside.x > 0 && beside.x < 79 && beside.y > 1 && beside.y < 21 && kindAt(level, beside) === "unseen";
  });
}
