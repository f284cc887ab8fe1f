/** What can be asked of two episodes, as parts of an address. Pure: the server and the page of a static copy read addresses alike. */
import * as v from "valibot";
import { differenceKinds } from "../../app/side/first-differences.ts";
import { Whole } from "./query.ts";

const Name = v.pipe(v.string(), v.regex(/^[^/]+\/[^/]+$/, "expected RUN/EPISODE"), v.maxLength(400));
const Pair = { left: Name, right: Name };
export const SideQuery = v.object(Pair);
export const DifferencesQuery = v.object({
  ...Pair,
  from: v.optional(Whole, "0"),
  /** What is looked for, with commas between. */
  wanted: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(",")),
      v.array(v.picklist(differenceKinds)),
    ),
    differenceKinds.join(","),
  ),
});
export const SideMemoryQuery = v.object({ ...Pair, step: Whole });

/** Milliseconds that one answer takes at most, and a little. */
export const differencesPatienceMs = 300;
