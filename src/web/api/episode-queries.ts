/** What can be asked of an episode, as parts of an address. Pure: the server and the page of a static copy read addresses alike. */
import * as v from "valibot";
import { Whole } from "./query.ts";

export const TimelineQuery = v.object({
  from: v.optional(Whole, "0"),
  to: v.optional(Whole),
  points: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(4_000)), "1000"),
  /** Steps of a point, as in an answer before: for what came since. */
  every: v.optional(v.pipe(Whole, v.minValue(1))),
});
export const RowsQuery = v.object({
  from: v.optional(Whole, "0"),
  count: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(1_000)), "100"),
});
export const SearchQuery = v.object({
  words: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  from: v.optional(Whole, "0"),
});
export const LineQuery = v.object({
  file: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
  line: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(20_000)),
  from: v.optional(Whole, "0"),
});
export const Place = v.object({ run: v.string(), episode: v.string() });
export const Step = v.object({ ...Place.entries, step: Whole });

/** Milliseconds that one answer of a search takes at most, and a little. */
export const searchPatienceMs = 300;
