/** An action that has changed nothing is sent back. */
import type { CatalogueChange } from "../change.ts";
import { percent, placesOf, share } from "../symptoms.ts";

export const repetitionGateChange: CatalogueChange = {
  name: "gate on useless repetition",
  description:
    "After three steps without any change, the action that was played last is sent back once more with the reason, so that the model must choose another or insist.",
  method: "The last action is sent back after three steps without a change (changes/repetition-gate.ts).",
  part: "repetition-gate.ts",
  wrapper: "repetitionGate",
  needs: [],
  symptom(totals, episodes) {
    const unchanged = share(totals.unchangedActions, totals.actions);
    return {
      strength: unchanged < 0.1 ? 0 : 0.9 * unchanged,
      found: `${percent(unchanged)} of ${totals.actions} actions changed nothing.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.stillStretches,
        ({ fromStep, toStep }) => `steps ${fromStep} to ${toStep}: no progress and no reward`,
      ),
    };
  },
};
