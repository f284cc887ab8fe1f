/** A warning of actions without effect and of going back and forth. */
import type { CatalogueChange } from "../change.ts";
import { percent, placesOf, share } from "../symptoms.ts";

export const stuckWarningChange: CatalogueChange = {
  name: "warning when stuck",
  description:
    "The scaffold keeps the last eight actions and what followed; PLAN names the ones that changed nothing, and says so when the play goes back and forth between two places.",
  method:
    "The last eight steps are kept in the state; PLAN warns of actions without effect and of going back and forth (changes/stuck-warning.ts).",
  part: "stuck-warning.ts",
  wrapper: "stuckWarning",
  needs: ["own-state.ts", "prompt-section.ts"],
  symptom(totals, episodes) {
    const back = share(totals.oscillatingActions, totals.actions);
    const unchanged = share(totals.unchangedActions, totals.actions);
    const strength = Math.min(1, back + 0.6 * unchanged);
    return {
      strength: strength < 0.08 ? 0 : strength,
      found: `${percent(unchanged)} of ${totals.actions} actions changed nothing, ${percent(back)} went back and forth.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.stillStretches,
        ({ fromStep, toStep }) => `steps ${fromStep} to ${toStep}: no progress and no reward`,
      ),
    };
  },
};
