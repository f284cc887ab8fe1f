/** Moments for the tests of mechanisms, written in short. */
import type { Moment } from "../../../scaffolds/crafter/moment.ts";
import { readSight } from "../../../scaffolds/crafter/sight.ts";
import type { Status } from "../../../scaffolds/crafter/status.ts";

/** Full vital signs, an empty pack, grass in front and to the west; `things` are lines such as "tree 3 steps to your north". */
export function moment(
  things: readonly string[] = [],
  faced = "grass",
  items: Status["items"] = {},
  vitals: Status["vitals"] = {},
): Moment {
  const listed = ["grass 1 step to your west", ...things].map((line) => `- ${line}`).join("\n");
  return {
    sight: readSight(`You see:\n${listed}\n\nYou face ${faced} at your front.`),
    status: { vitals: { health: 9, food: 9, drink: 9, energy: 9, ...vitals }, items },
  };
}

export function asleep(given: Moment): Moment {
  return { ...given, sight: { ...given.sight, asleep: true } };
}
