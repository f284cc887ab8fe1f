/** The tests of a revision or a trial on the confirm seeds as a page draws them: differences pair by pair, and the path of the evidence. */
import * as v from "valibot";
import { pairsOf } from "../../campaign/contest.ts";
import type { Hash } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import type { Store } from "../../store/store.ts";

const GateShown = v.object({
  decision: v.optional(v.string(), ""),
  reason: v.optional(v.string(), ""),
  estimate: v.optional(v.number()),
  interval: v.optional(v.tuple([v.number(), v.number()])),
  level: v.optional(v.number()),
  pairsUsed: v.optional(v.number(), 0),
  path: v.optional(v.array(v.object({ pairs: v.number(), value: v.number(), threshold: v.number() })), []),
});

export interface GatePage {
  title: string;
  figures: v.InferOutput<typeof GateShown>;
  /** In the order they were looked at; null where missing. */
  pairs: { key: string; candidate: number | null; incumbent: number | null }[];
}

/** Of two evaluations and the gate's own figures. Throws `StoreError`. */
export async function gatePage(
  store: Store,
  { title, candidate, opponent, gate }: { title: string; candidate: Hash; opponent: Hash; gate: Json },
): Promise<GatePage> {
  const episodesOf = async (hash: Hash) => (await store.records.get(hash, "automem.evaluation/1")).episodes;
  const pairs = pairsOf(await episodesOf(candidate), await episodesOf(opponent));
  return {
    title,
    figures: v.parse(GateShown, gate),
    pairs: pairs.map((pair) => ({
      key: pair.key,
      candidate: pair.candidate ?? null,
      incumbent: pair.incumbent ?? null,
    })),
  };
}
