/** The small files of a run's folder, with their schemas. They say where the immutable records are, and what is still owed. */
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { StoreError } from "../core/errors.ts";
import { Seed } from "../core/game.ts";
import { Hash } from "../core/hash.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { isMissing, storeFault, writeStoreFile } from "./fault.ts";

/** `run.json`: written once, when the run is made. */
export const RunFile = v.strictObject({
  schema: v.literal("automem.run-file/1"),
  /** The run's record. */
  run: Hash,
  /** ISO 8601, UTC. */
  created: v.string(),
  /** As the user gave it. */
  commandLine: v.array(v.string()),
});
export type RunFile = v.InferOutput<typeof RunFile>;

/** Why an episode stopped short. `code` is that of the typed error, or `internal` for a bug. */
export const EpisodeFailure = v.strictObject({
  error: v.string(),
  code: v.string(),
  message: v.string(),
  retryable: v.boolean(),
});
export type EpisodeFailure = v.InferOutput<typeof EpisodeFailure>;

/** `episodes/KEY.json`: where an episode stands. A failed one is owed as well: resume plays it on. */
export const EpisodeState = v.strictObject({
  schema: v.literal("automem.episode-state/1"),
  task: v.string(),
  seed: Seed,
  status: v.picklist(["owed", "finished", "failed"]),
  /** Times it was started. */
  attempts: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** The episode's record, once finished. */
  record: v.optional(Hash),
  /** Why the last attempt failed. */
  failure: v.optional(EpisodeFailure),
});
export type EpisodeState = v.InferOutput<typeof EpisodeState>;

/** Spaces of indentation: people look into these files. */
export const runFileIndent = 1;

/** Writes one of these files whole. */
export function writeRunFile(path: string, content: RunFile | EpisodeState): Promise<void> {
  return writeStoreFile(path, formatChecked(content, runFileIndent), `write ${content.schema}`);
}

/** `undefined` if the file is not there. Throws `StoreError` `corrupt-run-file` if it cannot be understood. */
export async function readRunFile<Schema extends typeof RunFile | typeof EpisodeState>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "read a run's file", path);
  }
  const read = parseChecked(text, schema, runFileIndent);
  if ("value" in read) return read.value;
  throw new StoreError(
    `${path} cannot be read: ${read.problem}. Restore it from a backup, or remove it to play the episode anew.`,
    {
      code: "corrupt-run-file",
      data: { path },
    },
  );
}
