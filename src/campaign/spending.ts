/**
 * What a campaign has spent, over all its resumes: sums over what its log keeps, and what goes on now. Repeating the campaign's own steps
 * from the log gives the same sums.
 */
import * as v from "valibot";
import type { Budget } from "../core/budget.ts";
import { AutomemError } from "../core/errors.ts";
import type { CampaignBudget } from "./settings.ts";

const Amount = v.pipe(v.number(), v.minValue(0));

/** Tokens read and written, cached ones included; money in the currency of the prices, 0 without prices. */
export const Spent = v.strictObject({ episodes: Amount, tokens: Amount, money: Amount, seconds: Amount });
export type Spent = v.InferOutput<typeof Spent>;

/** Thrown where a campaign's budget is gone: nothing is lost, and a campaign with a larger budget can go on from the store. */
export class CampaignBudgetSpent extends AutomemError {
  constructor(message: string) {
    super(message, { code: "campaign-budget" });
  }
}

export class Spending {
  readonly #budget: CampaignBudget;
  readonly #done: Spent = { episodes: 0, tokens: 0, money: 0, seconds: 0 };

  constructor(budget: CampaignBudget) {
    this.#budget = budget;
  }

  add(spent: Spent): void {
    this.#done.episodes += spent.episodes;
    this.#done.tokens += spent.tokens;
    this.#done.money += spent.money;
    this.#done.seconds += spent.seconds;
  }

  /** A copy. */
  total(): Spent {
    return { ...this.#done };
  }

  /** What a run may still spend; `undefined` without limits. Never 0: see `require`. */
  left(): Budget | undefined {
    const { tokens, money, seconds } = this.#budget;
    const left: Budget = {
      ...(tokens === undefined ? {} : { tokens: Math.max(1, Math.floor(tokens - this.#done.tokens)) }),
      ...(money === undefined ? {} : { money: Math.max(1e-9, money - this.#done.money) }),
      ...(seconds === undefined ? {} : { seconds: Math.max(1, Math.floor(seconds - this.#done.seconds)) }),
    };
    return Object.keys(left).length > 0 ? left : undefined;
  }

  /** Throws `CampaignBudgetSpent` if `episodes` more do not fit, or anything is gone. */
  require(episodes: number): void {
    const budget = this.#budget;
    const { episodes: played, tokens, money, seconds } = this.#done;
    if (budget.episodes !== undefined && played + episodes > budget.episodes) {
      throw new CampaignBudgetSpent(
        `The budget of ${budget.episodes} episodes has ${budget.episodes - played} left; the next step needs ${episodes}.`,
      );
    }
    if (budget.tokens !== undefined && tokens >= budget.tokens)
      throw new CampaignBudgetSpent(`The budget of ${budget.tokens} tokens is spent (${tokens}).`);
    if (budget.money !== undefined && money >= budget.money)
      throw new CampaignBudgetSpent(`The budget of ${budget.money} is spent (${money.toFixed(4)}).`);
    if (budget.seconds !== undefined && seconds >= budget.seconds)
      throw new CampaignBudgetSpent(`The budget of ${budget.seconds} seconds is spent.`);
  }
}
