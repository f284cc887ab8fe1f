/** An operation that keeps one line a name. */
import type { CatalogueChange } from "../change.ts";
import { percent, placesOf, saturating, share } from "../symptoms.ts";

export const keyedFactsChange: CatalogueChange = {
  name: "facts under names",
  description:
    "A new operation KEEP writes one line a name into facts.txt and replaces the older one, so that a fact has one place and is never said twice in different ways. PLAN shows the newest facts.",
  method:
    "KEEP holds one fact a name in facts.txt, replaced when it changes; PLAN shows the newest (changes/keyed-facts.ts).",
  part: "keyed-facts.ts",
  wrapper: "keyedFacts",
  needs: ["prompt-section.ts"],
  symptom(totals, episodes) {
    const lost = 0.8 * saturating(totals.lostFacts / Math.max(1, totals.episodes), 1);
    const repeated = 0.7 * share(totals.redundantLines, totals.writtenLines) * saturating(totals.writtenLines, 10);
    return {
      strength: Math.max(lost, repeated),
      found: `${totals.lostFacts} facts that were needed were not at hand; ${percent(share(totals.redundantLines, totals.writtenLines))} of ${totals.writtenLines} written lines stood in memory already.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.lostFacts,
        ({ step, fact, kind, seenAtStep }) =>
          `step ${step}: ${JSON.stringify(fact)}, seen at step ${seenAtStep}, was ${kind}`,
      ),
    };
  },
};
