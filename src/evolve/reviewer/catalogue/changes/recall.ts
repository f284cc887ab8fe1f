/** Notes that share rare words with what is seen are shown in PLAN. */
import type { CatalogueChange } from "../change.ts";
import { percent, placesOf, saturating, share } from "../symptoms.ts";

export const recallChange: CatalogueChange = {
  name: "recall by rare words",
  description:
    "PLAN shows up to five notes that share rare words with the observation, whatever file they stand in, so that a stored fact is at hand without a search.",
  method: "In PLAN, notes that share rare words with the observation are shown (changes/recall.ts).",
  part: "recall.ts",
  wrapper: "recall",
  needs: ["note-lines.ts", "prompt-section.ts"],
  symptom(totals, episodes) {
    const lost = saturating(totals.notFound / Math.max(1, totals.episodes), 0.5);
    const unread =
      totals.writes > 0
        ? 0.6 * (1 - share(totals.searches, totals.steps)) * saturating(totals.writes / totals.episodes, 2)
        : 0;
    const empty = 0.6 * share(totals.emptySearches, totals.keywordSearches) * saturating(totals.emptySearches, 5);
    return {
      strength: Math.max(lost, unread, empty),
      found: `${Math.round(totals.notFound)} facts stood in memory and were not found when they were needed; ${totals.searches} look-ups in ${totals.steps} steps against ${totals.writes} writes; ${percent(share(totals.emptySearches, totals.keywordSearches))} of the searches found nothing.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.lostFacts.filter(({ kind }) => kind === "not-found"),
        ({ step, fact, seenAtStep }) =>
          `step ${step}: ${JSON.stringify(fact)}, seen at step ${seenAtStep}, was not found`,
      ),
    };
  },
};
