/** How chosen turns become a dataset; part of the recipe. All settings have defaults. */
import * as v from "valibot";

const Items = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000));
const Times = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16));

export const DatasetSettings = v.strictObject({
  /** Items of a kind from one episode at most; the most valuable stay. */
  perEpisode: v.optional(
    v.strictObject({
      write: v.optional(Items, 20),
      nothing: v.optional(Items, 10),
      check: v.optional(Items, 5),
      lookup: v.optional(Items, 20),
      end: v.optional(Items, 10),
      other: v.optional(Items, 5),
    }),
    {},
  ),
  /** Items of a kind at most, for each item of the rarest kind there is. Default 4. */
  balance: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(100_000)), 4),
  /** How often an item of a kind stands in the training split. Default once each. */
  repeat: v.optional(
    v.strictObject({
      write: v.optional(Times, 1),
      nothing: v.optional(Times, 1),
      check: v.optional(Times, 1),
      lookup: v.optional(Times, 1),
      end: v.optional(Times, 1),
      other: v.optional(Times, 1),
    }),
    {},
  ),
  /** Of the games (task and seed) played, the share kept for validation. Default 0.1. */
  validationShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)), 0.1),
  /** Decides which games are for validation, and which of equally valuable items stay. */
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)), 0),
});
export type DatasetSettings = v.InferOutput<typeof DatasetSettings>;
