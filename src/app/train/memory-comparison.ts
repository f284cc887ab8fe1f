/** Figures about memory before and after: the base alone, and the base with a specialist, on the same seeds. */
import type { RunFigures } from "../../metrics/run-figures.ts";
import type { Store } from "../../store/store.ts";
import { evaluationFigures } from "../evaluation-figures.ts";
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
  const base = await evaluationFigures(store, test.opponent);
  const specialist = await evaluationFigures(store, test.candidate);
  if (base.episodes === 0 || specialist.episodes === 0) return undefined;
  return { key: trial.key, base, specialist };
}
