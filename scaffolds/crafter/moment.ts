/** One observation read as a whole. */
import { readSight, type Sight } from "./sight.ts";
import { readStatus, type Status } from "./status.ts";

export interface Moment {
  sight: Sight;
  status: Status;
}

export function readMoment(observation: { long: string; short: string }): Moment {
  return { sight: readSight(observation.long), status: readStatus(observation.short) };
}

/** False while the player sleeps on, when the game puts Sleep in place of any action. With energy full it wakes first, and acts. */
export function canAct({ sight, status }: Moment): boolean {
  return !sight.asleep || status.vitals.energy === 9;
}
