/** Figures about memory before and after: the base alone, and the base with a specialist, on the same seeds. */
import * as v from "valibot";
import type { Hash } from "../../core/hash.ts";
import { EpisodeFigures } from "../../metrics/figures.ts";
import { type RunFigures, runFigures } from "../../metrics/run-figures.ts";
import type { Store } from "../../store/store.ts";
import type { TrialRow } from "./trial-row.ts";

export interface MemoryComparison {
  /** Of the trial whose adapter it is. */
  key: string;
  base: RunFigures;
  specialist: RunFigures;
}

/** Of the trial's test against the base, on the confirm seeds; `undefined` where there is none. */
export async function memoryComparison(
  store: Store,
  trial: TrialRow | undefined,
): Promise<MemoryComparison | undefined> {
  const test = trial?.tests.find(({ against }) => against === "base");
  if (trial === undefined || test === undefined) return undefined;
  const base = await figuresOf(store, test.opponent);
  const specialist = await figuresOf(store, test.candidate);
  if (base.episodes === 0 || specialist.episodes === 0) return undefined;
  return { key: trial.key, base, specialist };
}

async function figuresOf(store: Store, evaluation: Hash): Promise<RunFigures> {
  const { episodes } = await store.records.get(evaluation, "automem.evaluation/1");
  const figures: EpisodeFigures[] = [];
  for (const { record } of episodes) {
    if (record === undefined) continue;
    const read = v.safeParse(EpisodeFigures, (await store.records.get(record, "automem.episode/1")).figures);
    if (read.success) figures.push(read.output);
  }
  return runFigures(figures);
}
