/** Appends of what stands in memory are refused. */
import type { CatalogueChange } from "../change.ts";
import { percent, placesOf, saturating, share } from "../symptoms.ts";

export const noRepeatsChange: CatalogueChange = {
  name: "no line twice",
  description: "An APPEND whose lines all stand in memory already is refused, with the name of the file that has them.",
  method: "An APPEND that adds nothing new is refused and told where it stands (changes/no-repeats.ts).",
  part: "no-repeats.ts",
  wrapper: "noRepeats",
  needs: ["note-lines.ts", "prompt-section.ts"],
  symptom(totals, episodes) {
    const repeated =
      share(totals.redundantLines, totals.writtenLines) *
      saturating(totals.writtenLines / Math.max(1, totals.episodes), 3);
    return {
      strength: repeated < 0.05 ? 0 : repeated,
      found: `${percent(share(totals.redundantLines, totals.writtenLines))} of ${totals.writtenLines} written lines stood in memory already.`,
      places: placesOf(
        episodes,
        ({ trouble }) => trouble.redundantWrites,
        ({ step, file, line }) => `step ${step}: ${JSON.stringify(line)} was written into ${file} again`,
      ),
    };
  },
};
