/**
 * What a gate is: it decides from paired scores whether a candidate replaces the incumbent, and bounds how often that is a mistake.
 * Gates are small objects over plain values: no clock, no chance, no I/O; the same pairs give the same verdict.
 * Idea of the shape: gepa `src/gepa/strategies/acceptance.py`. Used by `evolve` and `train`.
 */

/** One seed played by both arms. Scores are shares of progression in [0, 1]. */
export interface SeedPair {
  /** Names the seed; each occurs once. A block of several tasks with one seed is one pair, see `seedBlocks`. */
  key: string;
  /** `undefined`: missing (failed, owed). Never 0 for that. */
  candidate: number | undefined;
  incumbent: number | undefined;
}

/** What is known when a gate is asked. */
export interface GateFigures {
  /** Mean of candidate - incumbent over the finished pairs used; `undefined` without any. */
  estimate: number | undefined;
  /** 95 % interval of it that may be read whenever the gate stopped (`confidenceSequence`), within [-1, 1]; rough below about ten pairs; `undefined` without any spread. */
  interval: readonly [low: number, high: number] | undefined;
  /** Error this test may spend: the chance to accept if the candidate is no better. 0 for a gate that bounds nothing. */
  level: number;
  /** A candidate is accepted when `value` <= `threshold` for a p-value (>= for an e-value). */
  evidence: { kind: "e-value" | "p-value" | "none"; value: number | undefined; threshold: number | undefined };
  /** Finished pairs that were used. */
  pairsUsed: number;
  /** Of the pairs looked at, those missing in the candidate and in the incumbent; one missing in both counts in both. */
  missing: { candidate: number; incumbent: number };
  /** `value` and `threshold` of the evidence after each stage, in order, for a picture. `pairs` counts pairs looked at. */
  path: readonly { pairs: number; value: number; threshold: number }[];
}

export interface GateVerdict extends GateFigures {
  /** `stopped`: no verdict about the candidate can be given (missing episodes, no error left). It is not accepted. */
  decision: "accept" | "reject" | "stopped";
  /** One sentence for people, with figures. */
  reason: string;
  /** The same without any figure of the confirm seeds: what a reviewer or decider may be told, so that verdicts leak next to nothing. */
  toldToReviewers: string;
}

export type GateStep =
  /** `pairs`: how many further confirm pairs to play next, at least 1. */
  { need: "more"; pairs: number; soFar: GateFigures } | { need: "nothing"; verdict: GateVerdict };

export interface Screening {
  pass: boolean;
  /** One sentence for people. */
  reason: string;
  /** Mean of candidate - incumbent over the finished pairs. */
  estimate: number | undefined;
}

/** What a campaign did before this test. */
export interface CampaignSoFar {
  /** Confirm tests begun before, all of them, whatever came of them. */
  looksBefore: number;
  /** Of those, how many accepted: a test that accepted gives its share of the error back. Default 0, which is valid and spends more. */
  acceptedBefore?: number;
  /** Sum of `level` over the tests before that did not accept. A check on the books: the gate never goes over its budget. */
  errorSpent: number;
}

export interface Gate {
  readonly name: string;
  /** Plain data, for records. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** On the select seeds. Costs nothing of the error budget. */
  screen(pairs: readonly SeedPair[]): Screening;
  /**
   * On the confirm seeds, in the order they were planned. Ask again with the same pairs and further ones behind them. A pair that was missing
   * when the gate was asked stays missing: retries come before. Further pairs than were needed do not change the verdict.
   * Throws `RangeError` for a score outside [0, 1] or a key that occurs twice.
   */
  confirm(pairs: readonly SeedPair[], campaign: CampaignSoFar): GateStep;
  /** Error that confirm test number `look` (from 1, tests that accepted not counted) may spend. */
  errorFor(look: number): number;
}
