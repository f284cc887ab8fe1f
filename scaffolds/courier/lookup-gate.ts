/** At a door a word is accepted only after the notes were asked, unless there are none. */
import type { Scene } from "./scene.ts";

export interface LookupInput {
  scene: Scene;
  /** Lookups done in this step. */
  lookups: number;
  /** Lines of notes there are to look in. */
  lines: number;
}

/** Why an action is rejected; `undefined` lets it pass. */
export function lookupFault({ scene, lookups, lines }: LookupInput, action: string, walk: string): string | undefined {
  if (scene.kind !== "door") return undefined;
  if (action === walk) return `You are at the ${scene.person}'s door: walking on leaves it shut. Say a word.`;
  if (lookups > 0 || lines === 0) return undefined;
  return "You have not looked in your notes in this step. SEARCH for the person whose door it is, then say the word.";
}
