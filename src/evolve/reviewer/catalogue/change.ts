/** The contract of a change of the catalogue: when it is called for, and what it adds to a package. */
import type { EvidenceEpisode } from "../../evidence/evidence-folder.ts";
import type { Symptom, Totals } from "./symptoms.ts";

export interface CatalogueChange {
  /** Short; history knows it by this. */
  name: string;
  /** A sentence or two: what is new in how memory works. */
  description: string;
  /** How memory works with it, for the method description. */
  method: string;
  /** Module of `parts/` that is put around the package's hooks, the function it exports, and the modules it imports. */
  part: string;
  wrapper: string;
  needs: readonly string[];
  /** `undefined`: nothing calls for it. Deterministic. */
  symptom(totals: Totals, episodes: readonly EvidenceEpisode[]): Symptom | undefined;
}
