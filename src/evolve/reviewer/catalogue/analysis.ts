/** What the catalogue says of the evidence and of its change, as Markdown: figures and steps, and no more than they show. Pure. */
import type { EvidenceEpisode } from "../../evidence/evidence-folder.ts";
import type { CatalogueChange } from "./change.ts";
import { percent, type Symptom, share, type Totals } from "./symptoms.ts";

/** A change with what calls for it. */
export interface Diagnosis {
  change: CatalogueChange;
  symptom: Symptom;
}

/** `others`: what else was called for, strongest first. */
export function analysisText(
  { change, symptom }: Diagnosis,
  others: readonly Diagnosis[],
  totals: Totals,
  episodes: readonly EvidenceEpisode[],
): string {
  return [
    "# What the episodes show",
    `By rules over the figures of ${episodes.length} episodes, ${totals.steps} steps in all; no trajectory was read by a model. Mean progress ${percent(totals.progress)}.`,
    ...fiveQuestions(totals),
    `## Why "${change.name}"\n\nStrength ${symptom.strength.toFixed(2)}: ${symptom.found}`,
    symptom.places.length === 0 ? "" : symptom.places.map((place) => `- ${place}`).join("\n"),
    others.length === 0
      ? "Nothing else that is untried was called for."
      : `Also called for, less strongly: ${others.map((each) => `${each.change.name} (${each.symptom.strength.toFixed(2)})`).join(", ")}.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Written anew each time: what was there, then the changes in order. */
export function methodText(notes: string | undefined, name: string): string {
  return notes?.trim() || `# ${name}\n\nThe package has no notes.`;
}

function fiveQuestions(totals: Totals): string[] {
  const { writes, searches, steps, notStored, notFound, unusedFiles } = totals;
  return [
    `1. *Used?* ${writes} writes and ${searches} look-ups in ${steps} steps; ${unusedFiles} files were never read.`,
    `2. *Accurate?* ${percent(share(totals.redundantLines, totals.writtenLines))} of ${totals.writtenLines} written lines stood in memory already. Whether a line was true is not measured.`,
    `3. *Does it change actions?* ${percent(share(totals.unchangedActions + totals.oscillatingActions, totals.actions))} of the actions changed nothing or went back and forth; ${totals.stillSteps} steps brought no progress.`,
    `4. *What is missing?* ${Math.round(notStored)} facts were needed and stood nowhere; ${Math.round(notFound)} stood somewhere and were not found.`,
    `5. *Organised?* ${percent(share(totals.emptySearches, totals.keywordSearches))} of ${totals.keywordSearches} searches found nothing, ${totals.wrongFileSearches} of them while another file had it. Memory held ${Math.round(totals.finalCharacters / Math.max(1, totals.episodes))} characters at the end.`,
  ];
}
