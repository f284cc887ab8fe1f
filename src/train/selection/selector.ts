/**
 * The contract of a selector: it says what it looks for, then is shown the turns in batches and returns ids with reasons. It never returns
 * text: what becomes data is read from the store by id, so it is word for word what the model wrote.
 */
import * as v from "valibot";
import { type SelectorIdentity, TurnId } from "../../core/training.ts";
import type { TurnSummary, TurnTexts } from "../candidates/turn.ts";
import type { SelectionOverview } from "./overview.ts";

/** What a selection is about. */
export interface SelectionFrame {
  game: string;
  episodes: number;
  /** What there is to choose from, counted. Reads all episodes, so it is asked for by who needs it. */
  overview(): Promise<SelectionOverview>;
  /** Aborts a selection that asks a model. */
  signal?: AbortSignal | undefined;
}

/** A turn to learn from. */
export const TurnChoice = v.strictObject({
  turn: TurnId,
  /** The rule, or the criterion, in a word or two. */
  rule: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80)),
  /** A sentence or two. */
  reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2_000)),
});
export type TurnChoice = v.InferOutput<typeof TurnChoice>;

/** Turns of one episode, in the order played. */
export interface TurnBatch {
  turns: readonly TurnSummary[];
  /** The whole conversation of a turn of this batch. Throws `ConfigError` `unknown-turn` for another. */
  texts(turn: TurnId): Promise<TurnTexts>;
  /** Aborts a choice that asks a model. */
  signal?: AbortSignal | undefined;
}

export interface Selector {
  readonly identity: SelectorIdentity;
  /** Turns in a batch at most. */
  readonly batchTurns: number;
  /** What it looks for, in words; asked once, before the first batch, and kept with the data. */
  criteria(frame: SelectionFrame): Promise<string>;
  /**
   * The turns of a batch to learn from, in any order. Asked batch by batch, one at a time. `criteria`: as it was told; a selector that asks a
   * model keeps nothing else from batch to batch, so one that was killed goes on with the next.
   */
  choose(batch: TurnBatch, criteria: string): Promise<readonly TurnChoice[]>;
}
