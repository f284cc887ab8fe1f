/** Refuses actions that cannot work or that kill. It sees the action after repair, so that case and spelling make no difference. */
import { lacks } from "./crafting.ts";
import { canAct, type Moment } from "./moment.ts";
import { moveDirection, type Position } from "./position.ts";
import { harvests, mostOfOne } from "./rules.ts";
import { nearest } from "./sight.ts";
import { held, isFull, plain } from "./status.ts";
import { hostileWithin } from "./threats.ts";

export interface RefusalInput {
  moment: Moment;
  facing: Position["facing"];
  noops: number;
  /** Rejections in this step so far. */
  rejections: number;
}

/** Rejections in one step at most; after them the model has its way. */
export const mostRejections = 2;
/** Noops in a row that are let pass. */
export const mostNoops = 5;
/** A creature that hurts within so many steps forbids sleep. */
export const sleepSteps = 5;

/** Why `action` is refused; `undefined` lets it pass. Asleep, no action counts, so all pass. */
export function refusal(action: string, input: RefusalInput): string | undefined {
  const { moment, noops, rejections } = input;
  if (rejections >= mostRejections || !canAct(moment) || moment.sight.dead) return undefined;
  if (action === "Noop" && noops >= mostNoops) return `${noops} Noops in a row: choose an action that does something.`;
  if (action === "Sleep") return sleepFault(moment);
  if (action === "Do") return doFault(moment);
  if (moveDirection(action) !== undefined) return lavaFault(action, input);
  const missing = lacks(action, moment.status, moment.sight);
  return missing.length === 0 ? undefined : `${action} cannot work now. It needs ${missing.join("; ")}.`;
}

function sleepFault({ status, sight }: Moment): string | undefined {
  if (status.vitals.energy === 9) return "Sleep does nothing while energy is 9.";
  const hostile = hostileWithin(sight, sleepSteps);
  if (hostile === undefined) return undefined;
  return `A ${hostile.name} is ${hostile.steps} steps away, and a zombie takes 7 health from a sleeper. Beat it, or close yourself in with stone.`;
}

function doFault({ status, sight }: Moment): string | undefined {
  const { faced } = sight;
  if (faced === undefined) return undefined;
  if (["table", "furnace", "sand", "path", "lava"].includes(faced)) {
    return `Do has no effect on ${faced}. Face something to gather, drink, eat or hit.`;
  }
  const { tool, gives = "" } = harvests[faced] ?? {};
  if (isFull(status, gives)) return `You carry ${mostOfOne} ${gives}, and cannot carry more.`;
  if (tool === undefined || held(status, tool) > 0) return undefined;
  return `${faced} takes a ${plain(tool)}, which you do not have.`;
}

function lavaFault(action: string, { moment, facing }: RefusalInput): string | undefined {
  const direction = moveDirection(action);
  const lava = nearest(moment.sight, "lava");
  const beside = lava?.steps === 1 && lava.directions[0] === direction;
  const ahead = moment.sight.faced === "lava" && facing === direction;
  return beside || ahead ? `There is lava to the ${direction}: walking into it kills.` : undefined;
}
