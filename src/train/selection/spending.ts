/** What a selector that asks a model has spent, and its limit over all questions. */
import type { Prices } from "../../core/budget.ts";
import { costOf } from "../../core/budget.ts";
import type { ReviewSpending } from "../../core/campaign.ts";
import { TrainerError } from "../../core/errors.ts";

export class SelectionSpending {
  readonly #prices: Prices | undefined;
  readonly #limitTokens: number | undefined;
  #tokens = 0;
  #money = 0;

  /** `limitTokens`: of all questions together. */
  constructor(prices?: Prices, limitTokens?: number) {
    this.#prices = prices;
    this.#limitTokens = limitTokens;
  }

  add(spent: ReviewSpending): void {
    this.#tokens += spent.promptTokens + spent.generatedTokens;
    if (this.#prices !== undefined) this.#money += costOf(spent, this.#prices);
  }

  /** Tokens read and written, cached ones included; money in the currency of the prices, 0 without prices. */
  total(): { tokens: number; money: number } {
    return { tokens: this.#tokens, money: this.#money };
  }

  /** Tokens that the next question may take: the less of its own limit and of what is left. Throws `TrainerError` `out-of-tokens`. */
  leftFor(questionTokens: number | undefined): number | undefined {
    if (this.#limitTokens === undefined) return questionTokens;
    const left = this.#limitTokens - this.#tokens;
    if (left > 0) return Math.min(left, questionTokens ?? left);
    throw new TrainerError(
      `The selection has taken ${this.#tokens} of ${this.#limitTokens} tokens and is not finished. Allow more, or select from fewer episodes.`,
      { code: "out-of-tokens", data: { tokens: this.#tokens, limit: this.#limitTokens } },
    );
  }
}
