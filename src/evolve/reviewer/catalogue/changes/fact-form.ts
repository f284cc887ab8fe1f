/** LOG offers each new sentence as a ready write. */
import type { CatalogueChange } from "../change.ts";
import { placesOf, saturating } from "../symptoms.ts";

/** Writes a step below which a model hardly writes at all. */
const fewWrites = 0.15;

export const factFormChange: CatalogueChange = {
  name: "form for what is new",
  description:
    "LOG shows the sentences that are new and not yet noted, asks what of it will be asked for later, and gives for each the operation that keeps it in facts.txt. The model chooses.",
  method:
    "In LOG, sentences that are new are offered with the operation that keeps them in facts.txt (changes/fact-form.ts).",
  part: "fact-form.ts",
  wrapper: "factForm",
  needs: ["note-lines.ts", "prompt-section.ts"],
  symptom(totals, episodes) {
    const lost = saturating(totals.notStored / Math.max(1, totals.episodes), 0.4);
    const writesPerStep = totals.steps === 0 ? 0 : totals.writes / totals.steps;
    const silent = writesPerStep < fewWrites ? 0.5 * (1 - writesPerStep / fewWrites) : 0;
    return {
      strength: Math.max(lost, silent),
      found: `${Math.round(totals.notStored)} facts were seen, needed later, and stood nowhere; the model wrote ${totals.writes} times in ${totals.steps} steps.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.lostFacts.filter(({ kind }) => kind === "not-stored"),
        ({ step, fact, seenAtStep }) =>
          `step ${step}: ${JSON.stringify(fact)}, seen at step ${seenAtStep}, was not stored`,
      ),
    };
  },
};
