/** A selector that asks a model, with each of its answers kept: a selection that was killed goes on with the first batch that is owed. */
import * as v from "valibot";
import { type Spending, Spent } from "../../campaign/spending.ts";
import type { DurableLog } from "../../core/durable-log.ts";
import type { SelectorIdentity } from "../../core/training.ts";
import type { Clock } from "../../platform/clock.ts";
import type { SelectionFrame, Selector, TurnBatch, TurnChoice } from "../selection/selector.ts";
import { costs, secondsSince } from "./loop.ts";
import type { OpenSelector } from "./parts.ts";

/** As it was given: who asked for it checks it. */
const Answered = v.strictObject({ answer: v.unknown(), spent: Spent });

export class DurableSelector implements Selector {
  readonly identity: SelectorIdentity;
  readonly batchTurns: number;
  /** Of all answers, kept ones too; already added to the campaign's spending. */
  readonly added: Spent = costs({ seconds: 0 });
  readonly #open: OpenSelector;
  readonly #parts: { log: DurableLog; clock: Clock; spending: Spending; prefix: string };
  #batches = 0;

  /** `prefix` begins the names in the log, and is of this selection alone. */
  constructor(open: OpenSelector, parts: { log: DurableLog; clock: Clock; spending: Spending; prefix: string }) {
    this.#open = open;
    this.#parts = parts;
    this.identity = open.selector.identity;
    this.batchTurns = open.selector.batchTurns;
  }

  async criteria(frame: SelectionFrame): Promise<string> {
    return v.parse(v.string(), await this.#paid("criteria", () => this.#open.selector.criteria(frame)));
  }

  async choose(batch: TurnBatch, criteria: string): Promise<readonly TurnChoice[]> {
    this.#batches += 1;
    const answer = await this.#paid(`batch/${this.#batches}`, () => this.#open.selector.choose(batch, criteria));
    return answer as readonly TurnChoice[];
  }

  async #paid(name: string, ask: () => Promise<unknown>): Promise<unknown> {
    const { log, clock, spending, prefix } = this.#parts;
    const { answer, spent } = await log.once(`${prefix}/${name}`, Answered, async () => {
      spending.require(0);
      const startMs = clock.monotonicMs();
      const before = this.#open.spent();
      const answer = await ask();
      const after = this.#open.spent();
      const tokens = after.tokens - before.tokens;
      return {
        answer,
        spent: costs({ tokens, money: after.money - before.money, seconds: secondsSince({ clock }, startMs) }),
      };
    });
    spending.add(spent);
    this.added.tokens += spent.tokens;
    this.added.money += spent.money;
    this.added.seconds += spent.seconds;
    return answer;
  }
}
