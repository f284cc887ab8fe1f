/**
 * What an outer loop (`evolve`) sets out to do and what comes of it, as immutable records. They hold no times: equal play and equal reviews
 * give equal records.
 */
import * as v from "valibot";
import { ModelIdentity } from "./chat-model.ts";
import { GameIdentity, Seed } from "./game.ts";
import { Hash } from "./hash.ts";
import { Json, JsonObject } from "./json.ts";
import { SpecialistIdentity } from "./records.ts";

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Who reviews: as named by the user, with what decides its answers (model digest, version, command, settings). */
export const ReviewerIdentity = v.strictObject({ name: v.string(), details: JsonObject });
export type ReviewerIdentity = v.InferOutput<typeof ReviewerIdentity>;

/** What a campaign set out to do. Written before its first episode. */
export const CampaignRecord = v.strictObject({
  schema: v.literal("automem.campaign/1"),
  loop: v.literal("evolve"),
  /** The loop's own schema reads them (src/evolve/settings.ts). */
  settings: JsonObject,
  game: GameIdentity,
  model: ModelIdentity,
  /** Absent: the model plays alone. */
  specialist: v.optional(SpecialistIdentity),
  reviewer: ReviewerIdentity,
  /** The scaffold it started from. */
  scaffold: Hash,
  tasks: v.array(v.string()),
  seeds: v.strictObject({ select: v.array(Seed), confirm: v.array(Seed), report: v.array(Seed) }),
  automemVersion: v.string(),
});
export type CampaignRecord = v.InferOutput<typeof CampaignRecord>;

export const StructuralChange = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  description: v.pipe(v.string(), v.maxLength(4000)),
});
export type StructuralChange = v.InferOutput<typeof StructuralChange>;

/** Tokens and calls of a review. */
export const ReviewSpending = v.strictObject({
  calls: Count,
  promptTokens: Count,
  cachedTokens: Count,
  generatedTokens: Count,
});
export type ReviewSpending = v.InferOutput<typeof ReviewSpending>;

/** A scaffold that a review made of another. */
export const RevisionRecord = v.strictObject({
  schema: v.literal("automem.revision/1"),
  campaign: Hash,
  /** `r1a2c0`: revision and attempt from 1, continuation from 0. */
  key: v.string(),
  /** Scaffolds: the one it started from and the one it is. */
  parent: Hash,
  scaffold: Hash,
  structuralChange: StructuralChange,
  /** Blobs: Markdown, Markdown, JSON lines. */
  analysis: Hash,
  method: Hash,
  transcript: Hash,
  spent: ReviewSpending,
  /** Times the proposal was sent back before it passed. */
  mends: Count,
});
export type RevisionRecord = v.InferOutput<typeof RevisionRecord>;

/** Episodes of one player on seeds of one purpose. An episode without a record is missing. */
export const EvaluationRecord = v.strictObject({
  schema: v.literal("automem.evaluation/1"),
  scaffold: Hash,
  /** Name of the specialist's adapter; absent: the models of the campaign. */
  adapter: v.optional(Hash),
  purpose: v.picklist(["select", "confirm", "report"]),
  episodes: v.array(
    v.strictObject({ task: v.string(), seed: Seed, record: v.optional(Hash), progress: v.optional(Share) }),
  ),
});
export type EvaluationRecord = v.InferOutput<typeof EvaluationRecord>;

/** How a revision was judged. */
export const VerdictRecord = v.strictObject({
  schema: v.literal("automem.verdict/1"),
  campaign: Hash,
  revision: Hash,
  /** The scaffold it had to beat. */
  incumbent: Hash,
  outcome: v.picklist(["accepted", "rejected-on-select", "rejected-on-confirm", "stopped"]),
  /** One sentence. */
  reason: v.string(),
  /** Evaluations. */
  select: v.strictObject({ candidate: Hash, incumbent: Hash }),
  confirm: v.optional(v.strictObject({ candidate: Hash, incumbent: Hash })),
  /** The gate's own figures: estimate, interval, evidence, pairs used, path. */
  screen: Json,
  gate: v.optional(Json),
});
export type VerdictRecord = v.InferOutput<typeof VerdictRecord>;

/** The end of a campaign. */
export const CampaignEndRecord = v.strictObject({
  schema: v.literal("automem.campaign-end/1"),
  campaign: Hash,
  /** In order. */
  verdicts: v.array(Hash),
  /** Reviews that gave no revision, and why. */
  withoutRevision: v.array(v.strictObject({ key: v.string(), code: v.string(), reason: v.string() })),
  /** The best scaffold: the start, if nothing was accepted. */
  scaffold: Hash,
  reason: v.picklist(["all-revisions-done", "reviewer-exhausted"]),
  /** Opened once, after the last verdict. Absent: the report seeds stay sealed. */
  report: v.optional(v.strictObject({ start: Hash, final: Hash, comparison: Json })),
});
export type CampaignEndRecord = v.InferOutput<typeof CampaignEndRecord>;
