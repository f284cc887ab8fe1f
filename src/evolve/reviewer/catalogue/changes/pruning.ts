/** Files that grow too long are pruned. */
import type { CatalogueChange } from "../change.ts";
import { percent, saturating, share } from "../symptoms.ts";

/** Characters of memory at the end of an episode that are more than a small model can make use of. */
const muchMemory = 12_000;

export const pruningChange: CatalogueChange = {
  name: "pruning of long files",
  description:
    "After LOG, a file of more than 120 lines is cut to its seeded lines and the newest 80 others, each once, so that what is read stays short and recent.",
  method: "Files over 120 lines are pruned to the seed and the newest 80 lines, each once (changes/pruning.ts).",
  part: "pruning.ts",
  wrapper: "pruning",
  needs: ["note-lines.ts"],
  symptom(totals) {
    const perEpisode = totals.finalCharacters / Math.max(1, totals.episodes);
    const large = perEpisode > muchMemory ? 0.7 * saturating(perEpisode - muchMemory, muchMemory) : 0;
    const stale =
      0.5 *
      share(totals.redundantLines, totals.writtenLines) *
      saturating(totals.writtenLines / Math.max(1, totals.episodes), 100);
    return {
      strength: Math.max(large, stale),
      found: `memory held ${Math.round(perEpisode)} characters at the end of an episode; ${percent(share(totals.redundantLines, totals.writtenLines))} of ${totals.writtenLines} written lines were repetitions.`,
      places: [],
    };
  },
};
