/** What an action to make or place something still lacks, and which such actions have become possible. */
import type { Moment } from "./moment.ts";
import { placements, recipes } from "./rules.ts";
import { isNear, type Sight } from "./sight.ts";
import { held, plain, type Status } from "./status.ts";

/** Actions that take materials. */
export const craftActions: readonly string[] = [...Object.keys(placements), ...Object.keys(recipes)];

/**
 * What `action` lacks for certain: materials, a table or furnace beside the player, the right square in front. Empty: it can work, or it is
 * no action that takes materials.
 */
export function lacks(action: string, status: Status, sight: Sight): string[] {
  const missing: string[] = [];
  const recipe = recipes[action];
  const placement = placements[action];
  for (const [item, count] of Object.entries(recipe?.uses ?? placement?.uses ?? {})) {
    if (held(status, item) < count) missing.push(`${count} ${plain(item)} (you have ${held(status, item)})`);
  }
  for (const station of recipe?.near ?? []) {
    if (isNear(sight, station) === "no") missing.push(`a ${station} within one square of you`);
  }
  if (placement !== undefined && sight.faced !== undefined && !placement.onto.includes(sight.faced)) {
    missing.push(`${placement.onto.join(", ")} in front of you (you face ${sight.faced})`);
  }
  return missing;
}

/** Actions that can work now and are not just "maybe": a table two steps off does not count. */
export function possibleCrafts(status: Status, sight: Sight): string[] {
  return craftActions.filter((action) => {
    const sure = (recipes[action]?.near ?? []).every((station) => isNear(sight, station) === "yes");
    return sure && sight.faced !== undefined && lacks(action, status, sight).length === 0;
  });
}

/** Why an action to make or place something did nothing: its materials are all still there. `undefined` if it worked or was none. */
export function failedCraft(action: string, before: Moment, after: Moment): string | undefined {
  const uses = recipes[action]?.uses ?? placements[action]?.uses;
  if (uses === undefined) return undefined;
  const used = Object.keys(uses).some((item) => held(after.status, item) < held(before.status, item));
  if (used) return undefined;
  const missing = lacks(action, before.status, before.sight);
  return `${action} did nothing. ${missing.length === 0 ? "Its place was not free or not near enough." : `It lacked: ${missing.join("; ")}.`}`;
}
