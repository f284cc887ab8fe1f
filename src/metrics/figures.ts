/**
 * Counts and shares of one episode, from its trace alone, in one pass. Kept in the episode's record and shown by `show`, `list` and `compare`.
 * Definitions: docs/formats.md, section Trace. A share of nothing is absent, not 0.
 */
import * as v from "valibot";

const Count = v.number();
const Counts = v.record(v.string(), Count);
const Share = v.optional(v.number());

/** Of one phase. */
export const PhaseFigures = v.object({
  calls: Count,
  /** Replies cut by the limit of tokens. */
  cutReplies: Count,
  /** UTF-16 code units sent with the calls: sum, and of the largest. */
  contextCharacters: Count,
  largestContextCharacters: Count,
  promptTokens: v.optional(Count),
  cachedTokens: v.optional(Count),
  generatedTokens: v.optional(Count),
  /** Calls whose server did not say, for each of the three. */
  unknownPromptTokens: Count,
  unknownCachedTokens: Count,
  unknownGeneratedTokens: Count,
  /** Well-formed operations of the model by name, and of those the ones refused. */
  operations: Counts,
  refused: Counts,
  /** Slips of form, by kind. */
  formatFailures: Counts,
  /** How the phase ended. */
  ends: Counts,
});
export type PhaseFigures = v.InferOutput<typeof PhaseFigures>;

/** Of one speaker, both phases. Tokens over the calls whose server said; absent where none did. */
export const SpeakerFigures = v.object({
  calls: Count,
  promptTokens: v.optional(Count),
  cachedTokens: v.optional(Count),
  generatedTokens: v.optional(Count),
});
export type SpeakerFigures = v.InferOutput<typeof SpeakerFigures>;

export const EpisodeFigures = v.object({
  steps: Count,
  log: PhaseFigures,
  plan: PhaseFigures,
  /** Absent where the model played alone. */
  speakers: v.optional(v.object({ base: SpeakerFigures, specialist: SpeakerFigures })),
  /** Writes of the model that took effect: APPEND, WRITE, CREATE and the scaffold's own write operations. */
  writes: Count,
  /** SEARCH, READ, TAIL and COUNT of the model that ran. */
  searches: Count,
  /** `writes / searches`; absent without searches. */
  writeSearchRatio: v.optional(v.number()),
  /** SEARCH without a match. */
  emptySearches: Count,
  emptySearchShare: Share,
  /** Writes of the scaffold's hooks. */
  scaffoldWrites: Count,
  /** Lines the model wrote, and those of them that stood in memory already, by normalised line. */
  writtenLines: Count,
  redundantLines: Count,
  redundantShare: Share,
  /** Characters in memory when the episode began and ended, and their growth a step. */
  seededCharacters: Count,
  finalCharacters: Count,
  growthPerStep: v.optional(v.number()),
  /** Characters sent per model call, both phases. */
  contextCharactersPerCall: v.optional(v.number()),
  /** Slips of form per model call. */
  formatFailuresPerCall: v.optional(v.number()),
  /** Actions played, and of those: named wrongly, chosen by the fallback, that changed nothing, in a back-and-forth. */
  actions: Count,
  invalidActions: Count,
  fallbackActions: Count,
  fallbackShare: Share,
  rejectedActions: Count,
  unchangedActions: Count,
  oscillatingActions: Count,
  unproductiveShare: Share,
});
export type EpisodeFigures = v.InferOutput<typeof EpisodeFigures>;
