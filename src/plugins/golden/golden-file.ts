/** Recorded episodes: `.jsonl` or `.jsonl.gz`, one JSON object a line: meta, the reset, the steps, the end. See docs/formats.md. */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { PluginError } from "../../core/errors.ts";
import { Seed } from "../../core/game.ts";
import { describeIssues } from "../manifest.ts";

/** Only what a replay needs; a recording holds more about how it was made. */
const GoldenMeta = v.object({
  kind: v.literal("meta"),
  format: v.literal(1),
  task: v.string(),
  seed: Seed,
  /** Which text: passed on as the option `text`. */
  tree: v.optional(v.string()),
  max_steps: v.optional(v.number()),
  /** Name of the folder above the file whose assets the episode was recorded with; absent or null: the plugin's usual ones. */
  boxoban_dir: v.nullish(v.string()),
  actions: v.array(v.string()),
  default_action: v.string(),
});
export type GoldenMeta = v.InferOutput<typeof GoldenMeta>;

const GoldenReset = v.object({
  t: v.literal(-1),
  obs_long: v.string(),
  obs_short: v.string(),
  progression: v.number(),
});
export type GoldenReset = v.InferOutput<typeof GoldenReset>;

const GoldenStep = v.object({
  t: v.number(),
  action: v.string(),
  valid: v.boolean(),
  /** Where the action was not valid: what was played instead. */
  executed: v.optional(v.nullable(v.string())),
  obs_long: v.string(),
  obs_short: v.string(),
  reward: v.number(),
  terminated: v.boolean(),
  truncated: v.boolean(),
  progression: v.number(),
});
export type GoldenStep = v.InferOutput<typeof GoldenStep>;

const GoldenEnd = v.object({ kind: v.literal("end"), num_steps: v.number() });

export interface GoldenEpisode {
  meta: GoldenMeta;
  reset: GoldenReset;
  steps: readonly GoldenStep[];
}

/** Throws `PluginError` (`bad-recording`) for a file that is not a whole recording, and the system's error if it cannot be read. */
export async function readGolden(path: string): Promise<GoldenEpisode> {
  const bytes = await readFile(path);
  const bad = (problem: string, cause?: unknown) =>
    new PluginError(`${path} is not a recorded episode: ${problem}.`, { code: "bad-recording", cause });
  let text: string;
  try {
    text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (cause) {
    throw bad("it cannot be unpacked", cause);
  }
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const read = <Schema extends v.GenericSchema>(schema: Schema, index: number): v.InferOutput<Schema> => {
    let value: unknown;
    try {
      value = JSON.parse(lines[index] ?? "");
    } catch (cause) {
      throw bad(`line ${index + 1} is not JSON`, cause);
    }
    const parsed = v.safeParse(schema, value);
    if (!parsed.success) throw bad(`line ${index + 1}: ${describeIssues(parsed.issues)}`);
    return parsed.output;
  };
  const meta = read(GoldenMeta, 0);
  const reset = read(GoldenReset, 1);
  const end = read(GoldenEnd, lines.length - 1);
  const steps = lines.slice(2, -1).map((_, index) => read(GoldenStep, index + 2));
  if (steps.length !== end.num_steps) throw bad(`it has ${steps.length} steps, its end says ${end.num_steps}`);
  return { meta, reset, steps };
}
