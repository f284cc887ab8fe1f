/** The newest notes of each file are shown whole in PLAN. */
import type { CatalogueChange } from "../change.ts";
import { placesOf, saturating, share } from "../symptoms.ts";

export const inlineNotesChange: CatalogueChange = {
  name: "newest notes in PLAN",
  description:
    "PLAN shows the newest eight lines that were added to each file, so that what was written last is read before the next action.",
  method: "PLAN shows the newest eight added lines of each file (changes/inline-notes.ts).",
  part: "inline-notes.ts",
  wrapper: "inlineNotes",
  needs: ["prompt-section.ts"],
  symptom(totals, episodes) {
    const unread =
      0.65 * saturating(totals.writes / Math.max(1, totals.episodes), 3) * (1 - share(totals.searches, totals.writes));
    const unused = 0.5 * saturating(totals.unusedFiles / Math.max(1, totals.episodes), 3);
    return {
      strength: totals.writes === 0 ? 0 : Math.max(unread, unused),
      found: `the model wrote ${totals.writes} times and looked up ${totals.searches} times; ${totals.unusedFiles} files were never read.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.unusedFiles,
        (file) => `${file} was never read`,
      ),
    };
  },
};
