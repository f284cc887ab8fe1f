/** Prompts on which a served adapter is compared with its trainer: drawn by lot, the same for the same dataset. Pure. */
import { hashBytes } from "../../core/hash.ts";
import type { ChatExample } from "../../core/training.ts";

/** The share of equal replies below which a server is held not to serve the adapter as it was trained. */
export const leastParity = 0.8;

/** Different ones, at most `count`: of the validation split, which was not learnt, and only then of the training split. */
export function parityPrompts(
  validation: readonly ChatExample[],
  train: readonly ChatExample[],
  count: number,
): ChatExample["prompt"][] {
  const drawn = new Map<string, ChatExample["prompt"]>();
  for (const split of [validation, train]) {
    const lots = split.map(({ prompt }) => ({ prompt, lot: hashBytes(JSON.stringify(prompt)) }));
    for (const { prompt, lot } of lots.sort((one, other) => (one.lot < other.lot ? -1 : 1))) drawn.set(lot, prompt);
  }
  return [...drawn.values()].slice(0, count);
}
