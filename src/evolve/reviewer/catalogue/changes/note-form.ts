/** A file for each kind of thing, and short lines. */
import type { CatalogueChange } from "../change.ts";
import { percent, saturating, share } from "../symptoms.ts";

/** Characters of a written line that are many: a copy of what was seen, mostly. */
const longLine = 120;

export const noteFormChange: CatalogueChange = {
  name: "form of the notes",
  description:
    "Three files are seeded with the form of their lines (facts, places, lessons), LOG says what belongs where, and an APPEND of long or many lines is refused with the reason.",
  method:
    "facts.txt, places.txt and lessons.txt have a form; long or many lines at once are refused (changes/note-form.ts).",
  part: "note-form.ts",
  wrapper: "noteForm",
  needs: ["prompt-section.ts"],
  symptom(totals) {
    const slips = 0.8 * share(totals.formatFailures, totals.calls);
    const perLine = totals.writtenLines === 0 ? 0 : Math.max(0, totals.growth) / totals.writtenLines;
    const long = perLine > longLine ? 0.6 * saturating(perLine - longLine, longLine) : 0;
    return {
      strength: Math.max(slips, long),
      found: `${percent(share(totals.formatFailures, totals.calls))} of ${totals.calls} calls had a slip of form; a written line had about ${Math.round(perLine)} characters.`,
      places: [],
    };
  },
};
