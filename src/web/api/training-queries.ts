/** What requests about datasets ask for; a static copy reads them alike. */
import * as v from "valibot";
import { datasetSplits, turnKinds } from "../../core/training.ts";
import { Whole } from "./query.ts";

const Text = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)));
export const TurnQuery = v.object({
  /** What is in the dataset, or what a rule set aside. */
  show: v.optional(v.picklist(["items", "set-aside"]), "items"),
  kind: v.optional(v.picklist(turnKinds)),
  rule: Text,
  split: v.optional(v.picklist(datasetSplits)),
  /** Hash of the episode's record, or the beginning of it. */
  episode: Text,
  from: v.optional(Whole, "0"),
  count: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(500)), "100"),
});
