/** What a static copy says of itself. Pure. */
import * as v from "valibot";

export const CopyAbout = v.strictObject({
  schema: v.literal("automem.copy/1"),
  /** ISO 8601, UTC. */
  made: v.string(),
  /** Of the automem that made it. */
  version: v.string(),
  /** What was chosen, as a person reads it: "2 runs and 1 campaign". */
  of: v.string(),
  /** All that the store held, with what is installed. */
  whole: v.boolean(),
});
export type CopyAbout = v.InferOutput<typeof CopyAbout>;
