/** What a run may spend, and what tokens cost. */
import * as v from "valibot";
import type { Usage } from "./chat-model.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const Price = v.pipe(v.number(), v.minValue(0));

/**
 * Limits of one `run` or `resume`; a resume has them anew, and what is replayed costs nothing. Each is enforced to within one call a worker:
 * calls under way are finished and recorded, no further one is made.
 */
export const Budget = v.strictObject({
  /** Steps of all episodes together. */
  steps: v.optional(Positive),
  /** Seconds of wall time. */
  seconds: v.optional(Positive),
  /** Tokens read and written, cached ones included. */
  tokens: v.optional(Positive),
  /** In the currency of the prices. */
  money: v.optional(v.pipe(v.number(), v.gtValue(0))),
});
export type Budget = v.InferOutput<typeof Budget>;

/** For a million tokens. */
export const Prices = v.strictObject({
  /** Of the prompt. */
  in: Price,
  /** Of the prompt, taken from a prefix cache. Default: as `in`. */
  cached: v.optional(Price),
  /** Of the reply. */
  out: Price,
});
export type Prices = v.InferOutput<typeof Prices>;

/** Prices by model name, as given to `--model`. */
export const PriceTable = v.record(v.string(), Prices);
export type PriceTable = v.InferOutput<typeof PriceTable>;

/** In the currency of the prices; counts that are unknown cost nothing here. */
export function costOf({ promptTokens = 0, cachedTokens = 0, generatedTokens = 0 }: Usage, prices: Prices): number {
  const cached = Math.min(cachedTokens, promptTokens);
  const parts =
    (promptTokens - cached) * prices.in + cached * (prices.cached ?? prices.in) + generatedTokens * prices.out;
  return parts / 1e6;
}
