/** The action of a step: repaired, shown to the scaffold's gate, or the fallback. */
import { ScaffoldError } from "../core/errors.ts";
import { cleanText } from "../memory/stored-text.ts";
import { type EpisodeRun, type Present, stepContext } from "./episode-run.ts";

/** What a step plays. */
export interface CommittedAction {
  /** As the model wrote it; of a fallback, the last one rejected, or empty. */
  raw: string;
  /** After repair. Perhaps none of the game's: then the game plays its default, and the next step is told. */
  action: string;
  /** True if no action could be had from the model. */
  fallback: boolean;
  rejections: { action: string; reason: string }[];
}

/**
 * What the model meant, as the scaffold reads it, without characters that cannot be sent. It is sent to the game even if it is none of the
 * game's actions; the game then plays its default and says so.
 */
export function repairedAction(run: EpisodeRun, present: Present, raw: string): string {
  return cleanText(run.session.repairAction(stepContext(run, present), raw)).text;
}

/** The scaffold's reason against an action; `undefined` if it lets it pass. */
export function rejectionOf(run: EpisodeRun, present: Present, action: string): string | undefined {
  const verdict = run.session.validateAction(stepContext(run, present), run.reader, action);
  return verdict.verdict === "reject" ? verdict.text : undefined;
}

/** One of the game's actions. Throws `ScaffoldError` (`bad-hook-result`) if the scaffold names another. */
export function fallbackAction(run: EpisodeRun, present: Present): string {
  const action = run.session.fallbackAction(stepContext(run, present));
  if (run.actionNames.has(action)) return action;
  throw new ScaffoldError(
    `The scaffold's fallbackAction gave ${JSON.stringify(action)} at step ${present.stepIndex}, which is none of the game's actions.`,
    { code: "bad-hook-result", data: { hook: "fallbackAction", action } },
  );
}
