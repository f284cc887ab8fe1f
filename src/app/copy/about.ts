/** What a static copy says of itself. Pure. */
import * as v from "valibot";

/** Runs of a copied campaign that are not in the copy. */
export const LeftOut = v.strictObject({
  campaign: v.string(),
  /** On which seeds they were played: "on the select seeds". */
  why: v.string(),
  runs: v.array(v.string()),
});
export type LeftOut = v.InferOutput<typeof LeftOut>;

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
  leftOut: v.array(LeftOut),
});
export type CopyAbout = v.InferOutput<typeof CopyAbout>;

/** A line for each campaign of which runs were left out, with the command that brings them. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  return [...new Set(leftOut.map(({ campaign }) => campaign))].map((campaign) => {
    const own = leftOut.filter((one) => one.campaign === campaign);
    const parts = own.map(({ runs, why }) => `${runs.length} ${why}`).join("; ");
    return `Not in it, of ${campaign}: runs ${parts}. All of them: automem ui --export FOLDER ${campaign} --campaign-runs all`;
  });
}
