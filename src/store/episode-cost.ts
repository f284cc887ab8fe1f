/** What an episode cost, out of its record's figures, as the index keeps it. Figures that another automem wrote may be of another form: then nothing is known. */
import * as v from "valibot";
import { costOf, type Prices } from "../core/budget.ts";
import type { EpisodeRecord, RunRecord } from "../core/records.ts";

/** Sums over all calls. Null: no server said; `money` also where the run had no prices of its models. */
export interface EpisodeCost {
  calls: number | null;
  promptTokens: number | null;
  cachedTokens: number | null;
  generatedTokens: number | null;
  /** Calls whose tokens are not in the sums. */
  uncounted: number | null;
  /** In the currency of the prices. */
  money: number | null;
}

/** Of an episode that is not finished, or whose figures cannot be read. */
export const nothingSpent: EpisodeCost = {
  calls: null,
  promptTokens: null,
  cachedTokens: null,
  generatedTokens: null,
  uncounted: null,
  money: null,
};

const Tokens = {
  calls: v.number(),
  promptTokens: v.optional(v.number()),
  cachedTokens: v.optional(v.number()),
  generatedTokens: v.optional(v.number()),
};
const Phase = v.object({ ...Tokens, unknownPromptTokens: v.number(), unknownGeneratedTokens: v.number() });
/** The part of an episode's figures that costs. */
const Figures = v.object({
  log: Phase,
  plan: Phase,
  speakers: v.optional(v.object({ base: v.object(Tokens), specialist: v.object(Tokens) })),
});

type Settings = Pick<RunRecord["settings"], "prices" | "model" | "specialistModel">;

/** Pure. */
export function episodeCost({ figures }: Pick<EpisodeRecord, "figures">, settings: Settings): EpisodeCost {
  const read = v.safeParse(Figures, figures);
  if (!read.success) return nothingSpent;
  const { log, plan } = read.output;
  const uncounted = [log, plan].reduce(
    (sum, phase) => sum + Math.max(phase.unknownPromptTokens, phase.unknownGeneratedTokens),
    0,
  );
  return {
    calls: log.calls + plan.calls,
    promptTokens: sumKnown(log.promptTokens, plan.promptTokens),
    cachedTokens: sumKnown(log.cachedTokens, plan.cachedTokens),
    generatedTokens: sumKnown(log.generatedTokens, plan.generatedTokens),
    uncounted,
    money: moneyOf(read.output, settings),
  };
}

function moneyOf({ log, plan, speakers }: v.InferOutput<typeof Figures>, settings: Settings): number | null {
  const { prices, model, specialistModel = model } = settings;
  const parts =
    speakers === undefined
      ? [{ usages: [log, plan], price: priceOf(prices, model) }]
      : [
          { usages: [speakers.base], price: priceOf(prices, model) },
          { usages: [speakers.specialist], price: priceOf(prices, specialistModel) },
        ];
  let money = 0;
  for (const { usages, price } of parts) {
    if (price === undefined) return null;
    for (const usage of usages) money += costOf(usage, price);
  }
  return money;
}

function priceOf(prices: Settings["prices"], model: string): Prices | undefined {
  return prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined;
}

function sumKnown(one: number | undefined, other: number | undefined): number | null {
  return one === undefined && other === undefined ? null : (one ?? 0) + (other ?? 0);
}
