/** Holds a run to its budget: counts what was really spent and refuses the next call when it is gone. */

import { type Budget, costOf, type Prices } from "../core/budget.ts";
import type { Usage } from "../core/chat-model.ts";
import { AutomemError, ConfigError } from "../core/errors.ts";
import type { CallEntry } from "../core/journal.ts";
import type { RunSettings } from "../core/run-settings.ts";
import type { Clock } from "../platform/clock.ts";

/** Thrown instead of a call that the budget does not allow: the episode is owed, and nothing of it is lost. */
export class BudgetSpent extends AutomemError {
  constructor(message: string) {
    super(message, { code: "budget", retryable: true });
  }
}

/** By who speaks; absent where nothing was said. */
export type SpeakerPrices = { [Speaker in CallEntry["speaker"]]?: Prices | undefined };

/** Throws `ConfigError` (`missing-price`) for an amount of money without prices of the run's models. */
export function pricesOf(
  settings: Pick<RunSettings, "budget" | "prices" | "model" | "specialistModel">,
): SpeakerPrices {
  const { model, specialistModel } = settings;
  return {
    base: pricesOfModel(settings, model),
    // An adapter costs what its base does.
    specialist: pricesOfModel(settings, specialistModel ?? model),
  };
}

function pricesOfModel({ budget, prices }: Pick<RunSettings, "budget" | "prices">, model: string): Prices | undefined {
  const found = prices !== undefined && Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (found === undefined && budget?.money !== undefined) {
    throw new ConfigError(
      `A budget of money needs the prices of ${model}, for a million tokens. Put into the settings file: [prices."${model}"] with in, cached and out.`,
      { code: "missing-price" },
    );
  }
  return found;
}

export class BudgetKeeper {
  readonly #budget: Budget;
  readonly #prices: SpeakerPrices;
  readonly #clock: Clock;
  readonly #startMs: number;
  #steps = 0;
  #tokens = 0;
  #money = 0;
  /** A reply came without its token counts. */
  #uncounted = false;

  constructor(budget: Budget | undefined, prices: SpeakerPrices, clock: Clock) {
    this.#budget = budget ?? {};
    this.#prices = prices;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  /** A call that was really made. */
  addCall({ speaker, usage }: { speaker: CallEntry["speaker"]; usage: Usage }): void {
    const { promptTokens, generatedTokens } = usage;
    if (promptTokens === undefined || generatedTokens === undefined) this.#uncounted = true;
    this.#tokens += (promptTokens ?? 0) + (generatedTokens ?? 0);
    const prices = this.#prices[speaker];
    this.#money += prices === undefined ? 0 : costOf(usage, prices);
  }

  /** A step that was really played. */
  addStep(): void {
    this.#steps += 1;
  }

  /** What is gone, in words; `undefined` while there is some of everything left. */
  spent(): string | undefined {
    const { steps, seconds, tokens, money } = this.#budget;
    const elapsed = (this.#clock.monotonicMs() - this.#startMs) / 1000;
    if ((tokens !== undefined || money !== undefined) && this.#uncounted) {
      return "The server does not say how many tokens its replies took, so a budget of tokens or money cannot be held.";
    }
    if (steps !== undefined && this.#steps >= steps) return `The budget of ${steps} steps is spent.`;
    if (seconds !== undefined && elapsed >= seconds) return `The budget of ${seconds} seconds is spent.`;
    if (tokens !== undefined && this.#tokens >= tokens) {
      return `The budget of ${tokens} tokens is spent (${this.#tokens}).`;
    }
    if (money !== undefined && this.#money >= money) {
      return `The budget of ${money} is spent (${this.#money.toFixed(4)}).`;
    }
    return undefined;
  }

  /** Throws `BudgetSpent` when something is gone. */
  allowCall(): void {
    const spent = this.spent();
    if (spent !== undefined) throw new BudgetSpent(spent);
  }
}
