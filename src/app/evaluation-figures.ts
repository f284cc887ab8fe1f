/** Figures about memory over the episodes of an evaluation, from their records. */
import * as v from "valibot";
import type { Hash } from "../core/hash.ts";
import { EpisodeFigures } from "../metrics/figures.ts";
import { type RunFigures, runFigures } from "../metrics/run-figures.ts";
import type { Store } from "../store/store.ts";

/** Missing episodes, and those whose figures another automem wrote in another form, are not counted. Throws `StoreError`. */
export async function evaluationFigures(store: Store, evaluation: Hash): Promise<RunFigures> {
  const { episodes } = await store.records.get(evaluation, "automem.evaluation/1");
  const figures: EpisodeFigures[] = [];
  for (const { record } of episodes) {
    if (record === undefined) continue;
    const read = v.safeParse(EpisodeFigures, (await store.records.get(record, "automem.episode/1")).figures);
    if (read.success) figures.push(read.output);
  }
  return runFigures(figures);
}
