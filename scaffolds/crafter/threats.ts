/** Zombies, skeletons, arrows and lava, by how near they are. */
import { hitsNeeded } from "./rules.ts";
import { type Direction, nearest, type Sight, type Thing } from "./sight.ts";

export interface Threat {
  name: "zombie" | "skeleton" | "arrow" | "lava";
  steps: number;
  directions: Direction[];
  /** "touching": it can hurt in the next step; "close": within reach soon; "seen": in view. */
  distance: "touching" | "close" | "seen";
}

/** Steps within which a threat is close: a zombie walks to the player, a skeleton shoots from up to five steps. */
const closeSteps: Readonly<Record<Threat["name"], number>> = { zombie: 3, skeleton: 5, arrow: 3, lava: 1 };

/** Nearest first. Lava counts only where it is one step away. */
export function threats(sight: Sight): Threat[] {
  const found: Threat[] = [];
  for (const name of ["zombie", "skeleton", "arrow", "lava"] as const) {
    const thing = nearest(sight, name) ?? facedThing(sight, name);
    if (thing === undefined) continue;
    const distance = thing.steps === 1 ? "touching" : thing.steps <= closeSteps[name] ? "close" : "seen";
    if (name === "lava" && distance !== "touching") continue;
    found.push({ name, steps: thing.steps, directions: thing.directions, distance });
  }
  return found.sort((one, other) => one.steps - other.steps);
}

export function threatText(threat: Threat, items: Readonly<Record<string, number>>): string {
  const where = threat.directions.length === 0 ? "in front of you" : threat.directions.join("-");
  const place = threat.steps === 1 ? `next to you (${where})` : `${threat.steps} steps ${where}`;
  const label = threat.distance === "seen" ? "Seen" : "DANGER";
  if (threat.name === "lava") return `DANGER: lava ${place}: walking into it kills.`;
  const hits = hitsNeeded(threat.name, items);
  const advice =
    hits === undefined ? "step aside" : `${hits} ${hits === 1 ? "hit beats" : "hits beat"} it; face it and Do`;
  return `${label}: ${threat.name} ${place}: ${advice}.`;
}

/** The hostile creature within `steps`, if one is. */
export function hostileWithin(sight: Sight, steps: number): Threat | undefined {
  return threats(sight).find((threat) => threat.name !== "lava" && threat.steps <= steps);
}

function facedThing(sight: Sight, name: string): Thing | undefined {
  return sight.faced === name ? { name, steps: 1, directions: [] } : undefined;
}
