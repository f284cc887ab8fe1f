/** A revision that was judged: what it tried and how it fared. Later reviews are told; confirm and report scores are not among it. */
import type { StructuralChange } from "../core/campaign.ts";
import type { Hash } from "../core/hash.ts";

/** What is new in how memory works, by a short name (`key-value places`) and a sentence or two. */
export type { StructuralChange } from "../core/campaign.ts";

export interface TriedRevision {
  /** `r1a2c0`: revision and attempt from 1, continuation from 0 (0: a fresh attempt). */
  key: string;
  /** The scaffold it started from, and the one it is. */
  parent: Hash;
  scaffold: Hash;
  structuralChange: StructuralChange;
  /** Markdown, as the reviewer wrote them. */
  analysis: string;
  method: string;
  /** `accepted`, or the stage that ended it. */
  outcome: "accepted" | "rejected-on-select" | "rejected-on-confirm" | "stopped";
  /** One sentence for people and reviewers. */
  reason: string;
  /** Mean progression on the select seeds, in [0, 1]; `undefined` where episodes are missing. */
  selectMean: number | undefined;
  incumbentSelectMean: number | undefined;
}
