/** The evidence in figures, for programs: metrics.json at the top and in each episode's folder. */
import * as v from "valibot";
import { Hash } from "../../core/hash.ts";
import { EpisodeFigures } from "../../metrics/figures.ts";
import { EpisodeTrouble } from "../../metrics/trouble/trouble.ts";
import { visible } from "./plain-text.ts";

const Role = v.picklist(["incumbent", "failed"]);
const Share = v.optional(v.number());

export const EvidenceIndex = v.strictObject({
  schema: v.literal("automem.evidence/1"),
  game: v.string(),
  /** The incumbent's package; means of progression over its episodes, absent without any. */
  incumbent: v.strictObject({ hash: Hash, name: v.string(), version: v.string(), meanProgress: Share }),
  failed: v.optional(v.strictObject({ key: v.string(), hash: Hash, meanProgress: Share })),
  /** Folders, in order; each has a metrics.json. */
  episodes: v.array(v.string()),
});
export type EvidenceIndex = v.InferOutput<typeof EvidenceIndex>;

export const EpisodeMetrics = v.strictObject({
  schema: v.literal("automem.evidence-episode/1"),
  folder: v.string(),
  role: Role,
  task: v.string(),
  seed: v.number(),
  record: Hash,
  steps: v.number(),
  progress: v.number(),
  rewardEvents: v.number(),
  figures: EpisodeFigures,
  trouble: EpisodeTrouble,
});
export type EpisodeMetrics = v.InferOutput<typeof EpisodeMetrics>;

/** A value as the text of a JSON file, without a character that could drive a terminal. */
export function jsonText(value: unknown): string {
  // JSON has escaped what is below a space; what `visible` shows of the rest are JSON's own escapes.
  return `${visible(JSON.stringify(value, null, 1))}\n`;
}
