/** The changes of the catalogue, in the order that decides between equally strong symptoms. */
import type { CatalogueChange } from "./change.ts";
import { factFormChange } from "./changes/fact-form.ts";
import { fileIndexChange } from "./changes/file-index.ts";
import { gameKnowledgeChange } from "./changes/game-knowledge.ts";
import { inlineNotesChange } from "./changes/inline-notes.ts";
import { keyedFactsChange } from "./changes/keyed-facts.ts";
import { noRepeatsChange } from "./changes/no-repeats.ts";
import { noteFormChange } from "./changes/note-form.ts";
import { pruningChange } from "./changes/pruning.ts";
import { recallChange } from "./changes/recall.ts";
import { repetitionGateChange } from "./changes/repetition-gate.ts";
import { stuckWarningChange } from "./changes/stuck-warning.ts";

export const allChanges: readonly CatalogueChange[] = [
  factFormChange,
  recallChange,
  keyedFactsChange,
  fileIndexChange,
  inlineNotesChange,
  stuckWarningChange,
  repetitionGateChange,
  noRepeatsChange,
  noteFormChange,
  gameKnowledgeChange,
  pruningChange,
];
