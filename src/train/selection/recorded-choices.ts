/** A selector that chooses what was chosen before: to build a recorded dataset again where a model chose, which is not asked again. */
import type { DatasetItem, SelectorIdentity, SetAsideTurn } from "../../core/training.ts";
import type { Selector, TurnBatch, TurnChoice } from "./selector.ts";

export interface RecordedChoices {
  identity: SelectorIdentity;
  criteria: string;
  items: readonly DatasetItem[];
  /** The record says of them only why they are not in the dataset, not why they were chosen. */
  setAside: readonly SetAsideTurn[];
}

export class RecordedSelector implements Selector {
  readonly identity: SelectorIdentity;
  readonly batchTurns = 1024;
  readonly #criteria: string;
  readonly #choices: ReadonlyMap<string, TurnChoice>;

  constructor({ identity, criteria, items, setAside }: RecordedChoices) {
    this.identity = identity;
    this.#criteria = criteria;
    this.#choices = new Map([
      ...setAside.map(({ turn, rule, detail }) => [turn, { turn, rule, reason: detail }] as const),
      ...items.map(({ turn, rule, reason }) => [turn, { turn, rule, reason }] as const),
    ]);
  }

  async criteria(): Promise<string> {
    return this.#criteria;
  }

  async choose({ turns }: TurnBatch): Promise<readonly TurnChoice[]> {
    return turns.flatMap(({ id }) => this.#choices.get(id) ?? []);
  }
}
