/** The modules that changes add to a package, as text: path in the package to source. They are type-checked here, and run in the sandbox. */
import factForm from "./parts/fact-form.ts" with { type: "text" };
import fileIndex from "./parts/file-index.ts" with { type: "text" };
import gameKnowledge from "./parts/game-knowledge.ts" with { type: "text" };
import inlineNotes from "./parts/inline-notes.ts" with { type: "text" };
import keyedFacts from "./parts/keyed-facts.ts" with { type: "text" };
import noRepeats from "./parts/no-repeats.ts" with { type: "text" };
import noteForm from "./parts/note-form.ts" with { type: "text" };
import noteLines from "./parts/note-lines.ts" with { type: "text" };
import ownState from "./parts/own-state.ts" with { type: "text" };
import promptSection from "./parts/prompt-section.ts" with { type: "text" };
import pruning from "./parts/pruning.ts" with { type: "text" };
import recall from "./parts/recall.ts" with { type: "text" };
import repetitionGate from "./parts/repetition-gate.ts" with { type: "text" };
import stuckWarning from "./parts/stuck-warning.ts" with { type: "text" };

export const partTexts = {
  "fact-form.ts": factForm,
  "file-index.ts": fileIndex,
  "game-knowledge.ts": gameKnowledge,
  "inline-notes.ts": inlineNotes,
  "keyed-facts.ts": keyedFacts,
  "no-repeats.ts": noRepeats,
  "note-form.ts": noteForm,
  "note-lines.ts": noteLines,
  "own-state.ts": ownState,
  "prompt-section.ts": promptSection,
  "pruning.ts": pruning,
  "recall.ts": recall,
  "repetition-gate.ts": repetitionGate,
  "stuck-warning.ts": stuckWarning,
};
