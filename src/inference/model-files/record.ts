/** `model.json`: what is known of one model file in the store. */
import * as v from "valibot";
import { Hash } from "../../core/hash.ts";

/** A folder name and the model part of `llama-cpp:NAME`: lower-case letters, digits, dots, dashes, underscores. */
export const StoredModelName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9._-]{0,79}$/,
    "a model name is 1 to 80 lower-case letters, digits, dots, dashes or underscores",
  ),
  v.check((name) => !name.endsWith("."), "a model name does not end in a dot"),
);

export const GgufSummary = v.object({
  architecture: v.string(),
  /** The model's name as its file says. */
  modelName: v.optional(v.string()),
  /** Tokens it was trained on. */
  contextTokens: v.optional(v.number()),
  /** As people write it: `Q4_1`. */
  quantisation: v.optional(v.string()),
  /** Without one the engine cannot hold a conversation. */
  chatTemplate: v.boolean(),
  tensorCount: v.number(),
});
export type GgufSummary = v.InferOutput<typeof GgufSummary>;

export const ModelSource = v.variant("kind", [
  v.object({ kind: v.literal("package"), package: v.string(), licence: v.string() }),
  v.object({ kind: v.literal("file"), path: v.string() }),
  v.object({ kind: v.literal("url"), url: v.string() }),
]);
export type ModelSource = v.InferOutput<typeof ModelSource>;

export const ModelRecord = v.object({
  schema: v.literal("automem.model/1"),
  name: StoredModelName,
  /** Name of the weights file beside this record. */
  file: v.pipe(v.string(), v.regex(/^[^/\\]+$/)),
  sha256: Hash,
  sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  source: ModelSource,
  /** ISO 8601, UTC. */
  addedAt: v.string(),
  gguf: GgufSummary,
});
export type ModelRecord = v.InferOutput<typeof ModelRecord>;

/** A record and where its weights are. */
export interface StoredModel extends ModelRecord {
  /** Absolute path of the weights. */
  path: string;
}

/** A step of bringing a model. `totalBytes` is missing where it is not known. */
export interface ModelProgress {
  phase: "download" | "unpack" | "copy" | "verify";
  doneBytes: number;
  totalBytes?: number | undefined;
}
