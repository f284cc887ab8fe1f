/** An index of the files, by what they hold. */
import type { CatalogueChange } from "../change.ts";
import { placesOf, saturating } from "../symptoms.ts";

export const fileIndexChange: CatalogueChange = {
  name: "index of the files",
  description:
    "LOG and PLAN show for each file how many lines it has, its first and its newest one, so that the model knows where to look and where to write.",
  method: "LOG and PLAN show an index: each file with its first and newest line (changes/file-index.ts).",
  part: "file-index.ts",
  wrapper: "fileContents",
  needs: ["prompt-section.ts"],
  symptom(totals, episodes) {
    const wrongFile = 0.85 * saturating(totals.wrongFileSearches / Math.max(1, totals.episodes), 1);
    const unused = 0.45 * saturating(totals.unusedFiles / Math.max(1, totals.episodes), 2);
    return {
      strength: Math.max(wrongFile, unused),
      found: `${totals.wrongFileSearches} searches found nothing in one file while another had it; ${totals.unusedFiles} files were never read.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.emptySearches.filter(({ storedIn }) => storedIn !== undefined),
        ({ step, file, keyword, storedIn }) =>
          `step ${step}: ${JSON.stringify(keyword)} was searched in ${file} and stands in ${storedIn}`,
      ),
    };
  },
};
