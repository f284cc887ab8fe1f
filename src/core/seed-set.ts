/** Seed sets (`seeds/<game>/<name>.json`): named lists with one purpose each. Never edited, only added. */
import * as v from "valibot";
import { Seed } from "./game.ts";

export const SeedPurpose = v.picklist(["train", "select", "confirm", "report"]);
export type SeedPurpose = v.InferOutput<typeof SeedPurpose>;

export const SeedSet = v.strictObject({
  schema: v.literal("automem.seeds/1"),
  game: v.string(),
  name: v.string(),
  purpose: SeedPurpose,
  note: v.string(),
  seeds: v.pipe(
    v.array(Seed),
    v.minLength(1),
    v.check((seeds) => new Set(seeds).size === seeds.length, "a seed stands twice"),
  ),
});
export type SeedSet = v.InferOutput<typeof SeedSet>;
