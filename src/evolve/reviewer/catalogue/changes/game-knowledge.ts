/** A seeded file with the game's own rules and actions. */
import type { CatalogueChange } from "../change.ts";
import { percent, share } from "../symptoms.ts";

export const gameKnowledgeChange: CatalogueChange = {
  name: "seeded rules of the game",
  description:
    "A file game-rules.txt is seeded with the sentences of the game's instruction and a line for each action, and PLAN says how to look something up in it.",
  method: "game-rules.txt is seeded from the game's instruction and actions (changes/game-knowledge.ts).",
  part: "game-knowledge.ts",
  wrapper: "gameKnowledge",
  needs: ["prompt-section.ts"],
  symptom(totals) {
    const invalid = share(2 * totals.invalidActions, totals.actions);
    const unseeded = totals.seededCharacters === 0 ? 0.3 : 0;
    const still = 0.35 * share(totals.stillSteps, totals.steps) * (1 - totals.progress);
    return {
      strength: Math.max(invalid, unseeded, still),
      found: `${percent(share(totals.invalidActions, totals.actions))} of the actions were none of the game's; ${percent(share(totals.stillSteps, totals.steps))} of the steps brought no progress; memory was seeded with ${Math.round(totals.seededCharacters / Math.max(1, totals.episodes))} characters an episode.`,
      places: [],
    };
  },
};
