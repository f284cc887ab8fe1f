/**
 * What points at trouble in an episode. Definitions: docs/evidence.md, section Trouble. Lists keep the first 50 found, each text cut
 * (`shownCharacters`); the totals stand in `counts`.
 */
import * as v from "valibot";

const Step = v.number();
const Count = v.number();

export const stretchesKept = 10;
export const troublesKept = 50;
/** Of a keyword, a line or a fact in a list; `...` at the end where it was longer. */
export const shownCharacters = 300;

/** A SEARCH of the model without a match. */
export const EmptySearch = v.object({
  step: Step,
  file: v.string(),
  keyword: v.string(),
  /** The last earlier step whose observation had the keyword's words, if it had gone from sight since; absent if it was never seen. */
  seenAtStep: v.optional(Step),
  /** Another file that has the keyword. */
  storedIn: v.optional(v.string()),
});
export type EmptySearch = v.InferOutput<typeof EmptySearch>;

/** A line the model wrote that stood in memory already, normalised. */
export const RedundantWrite = v.object({ step: Step, file: v.string(), line: v.string() });
export type RedundantWrite = v.InferOutput<typeof RedundantWrite>;

/** Something that was needed in a step, had been seen in step `seenAtStep`, and was not at hand when the action was chosen. */
export const LostFact = v.object({
  step: Step,
  /** The sentence as it was seen, or the keyword where no sentence is known. */
  fact: v.string(),
  /** `not-stored`: no file has it. `not-found`: a file has it, and PLAN neither looked it up nor was shown it. */
  kind: v.picklist(["not-stored", "not-found"]),
  seenAtStep: Step,
  /** The file that has it. */
  storedIn: v.optional(v.string()),
});
export type LostFact = v.InferOutput<typeof LostFact>;

/** Steps `fromStep` to `toStep`, both included. */
export const StillStretch = v.object({ fromStep: Step, toStep: Step });
export type StillStretch = v.InferOutput<typeof StillStretch>;

export const EpisodeTrouble = v.object({
  /** Stretches of two steps or more without progress or reward, longest first, ten at most. */
  stillStretches: v.array(StillStretch),
  /** Files in memory at the end that the model never read, searched or saw whole in a prompt, in order of name. */
  unusedFiles: v.array(v.string()),
  emptySearches: v.array(EmptySearch),
  redundantWrites: v.array(RedundantWrite),
  lostFacts: v.array(LostFact),
  /** Totals, where the lists above are cut. `stillSteps`: steps without progress or reward. */
  counts: v.object({ stillSteps: Count, emptySearches: Count, redundantWrites: Count, lostFacts: Count }),
});
export type EpisodeTrouble = v.InferOutput<typeof EpisodeTrouble>;

/** One trouble as it is found, in the order of steps. */
export type TroubleFound =
  | ({ kind: "empty-search" } & EmptySearch)
  | ({ kind: "redundant-write" } & RedundantWrite)
  | ({ kind: "lost-fact"; loss: LostFact["kind"] } & Omit<LostFact, "kind">);
