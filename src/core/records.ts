/**
 * Immutable records, kept by the hash of their canonical JSON. They hold nothing that differs between two runs with the same replies.
 * Each names its parents by hash.
 */
import * as v from "valibot";
import { ModelIdentity } from "./chat-model.ts";
import { GameIdentity } from "./game.ts";
import { Hash } from "./hash.ts";
import { episodeEndReasons } from "./journal.ts";
import { JsonObject } from "./json.ts";
import { RunSettings } from "./run-settings.ts";
import { ScaffoldManifest } from "./scaffold.ts";

/** A scaffold package: its files by path, as blobs. `Scaffold.hash` is the hash of this record. */
export const ScaffoldRecord = v.strictObject({
  schema: v.literal("automem.scaffold-record/1"),
  manifest: ScaffoldManifest,
  files: v.record(v.string(), Hash),
});
export type ScaffoldRecord = v.InferOutput<typeof ScaffoldRecord>;

/** Steps `firstStep` to `lastStep` (inclusive) of a trace: a blob of JSON lines, readable without the others. */
export const TraceSegment = v.strictObject({ firstStep: v.number(), lastStep: v.number(), blob: Hash });
export type TraceSegment = v.InferOutput<typeof TraceSegment>;

/** The memory specialist of a run with two models: a model of its own, or the base model with an adapter. */
export const SpecialistIdentity = v.object({
  model: ModelIdentity,
  /** Content hash of the adapter. */
  adapter: v.optional(Hash),
});
export type SpecialistIdentity = v.InferOutput<typeof SpecialistIdentity>;

/** A finished episode. */
export const EpisodeRecord = v.strictObject({
  schema: v.literal("automem.episode/1"),
  game: GameIdentity,
  task: v.string(),
  seed: v.number(),
  model: ModelIdentity,
  /** Absent: the model played alone. */
  specialist: v.optional(SpecialistIdentity),
  scaffold: Hash,
  /** The settings that decide the play (parallel, preset name and seed lists are left out). */
  settings: JsonObject,
  automemVersion: v.string(),
  end: v.strictObject({
    reason: v.picklist(episodeEndReasons),
    steps: v.number(),
    progress: v.number(),
    episodeReturn: v.number(),
  }),
  /** Counts over the episode, from the trace alone. */
  figures: JsonObject,
  trace: v.array(TraceSegment),
  /** Final memory folder: file name to blob. */
  memory: v.record(v.string(), Hash),
});
export type EpisodeRecord = v.InferOutput<typeof EpisodeRecord>;

/** What a run set out to do. Written before its first episode. */
export const RunRecord = v.strictObject({
  schema: v.literal("automem.run/1"),
  settings: RunSettings,
  game: GameIdentity,
  model: ModelIdentity,
  /** Absent: the model plays alone. */
  specialist: v.optional(SpecialistIdentity),
  scaffold: Hash,
  automemVersion: v.string(),
  /** The episodes owed, in order. */
  episodes: v.array(v.strictObject({ task: v.string(), seed: v.number() })),
});
export type RunRecord = v.InferOutput<typeof RunRecord>;
