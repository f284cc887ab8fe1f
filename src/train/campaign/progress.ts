/** What the loop knows as it goes. It stands in no file: going through the campaign again from its log comes to the same. */
import type { CampaignSoFar } from "../../campaign/gate/gate.ts";
import type { Hash } from "../../core/hash.ts";
import type { TrialRecord } from "../../core/trial.ts";
import type { TrainingEpisode } from "../candidates/training-seeds.ts";
import type { DatasetSummary, DecisionFrame, LedgerRow } from "../decider/decider.ts";
import type { MadeAdapter } from "./training.ts";

/** What has to be beaten: an adapter, or without one the base alone. */
export interface Incumbent {
  adapter: { record: Hash; name: Hash } | undefined;
  /** It was accepted in this campaign, so it plays the confirm seeds again (docs/gate.md). */
  acceptedHere: boolean;
}

export interface CollectedEpisode {
  round: number;
  episode: TrainingEpisode;
  progress: number;
}

export interface Progress {
  incumbent: Incumbent;
  incumbentSelectMean: number | undefined;
  episodes: CollectedEpisode[];
  datasets: DatasetSummary[];
  ledger: LedgerRow[];
  trials: Hash[];
  /** Of each trial: whether its best adapter looked better than the incumbent on the select seeds. */
  lookedBetter: boolean[];
  soFar: Required<CampaignSoFar>;
  /** Decisions asked for: the number of the last. One that says there is nothing left to try has no trial. */
  decisions: number;
  /** Adapters that were trained and can be served, by their recipe's record: the same training is not done twice. */
  made: Map<Hash, MadeAdapter>;
}

export function progressFrom(incumbent: Incumbent): Progress {
  return {
    incumbent,
    incumbentSelectMean: undefined,
    episodes: [],
    datasets: [],
    ledger: [],
    trials: [],
    lookedBetter: [],
    soFar: { looksBefore: 0, acceptedBefore: 0, errorSpent: 0 },
    decisions: 0,
    made: new Map(),
  };
}

/** True after `patience` trials in a row of which none looked better. 0: never. */
export function isFutile(lookedBetter: readonly boolean[], patience: number): boolean {
  return patience > 0 && lookedBetter.length >= patience && !lookedBetter.slice(-patience).includes(true);
}

/** A screened configuration: passed or not, and the mean of candidate - incumbent over the select seeds that both finished. */
export interface ScreenedRow {
  pass: boolean;
  estimate: number | undefined;
}

/**
 * Index of the best: of those that passed the screen the one with the highest estimate, else of all; of equals the first. All are held
 * against the same incumbent on the same seeds, so without missing episodes this is the order of their means. `undefined` of none.
 */
export function bestOf(rows: readonly ScreenedRow[]): number | undefined {
  let best: number | undefined;
  for (const [index, row] of rows.entries()) {
    if (best === undefined || isBetter(row, rows[best]!)) best = index;
  }
  return best;
}

/** Scores of the confirm seeds are in none of its fields. */
export function ledgerRow(record: TrialRecord, toldToDecider: string): LedgerRow {
  const { key, round, plan, dataset, configurations, best, outcome, failure } = record;
  return { key, round, plan, dataset, configurations, best, outcome, failure, why: toldToDecider };
}

/** Of the episodes of a round and of all so far. */
export function episodesTold(episodes: readonly CollectedEpisode[], round: number): DecisionFrame["episodes"] {
  const own = episodes.filter((episode) => episode.round === round);
  return { round: own.length, all: episodes.length, meanProgress: meanProgress(own) };
}

/** Of what was collected: an episode that is missing was not, and is counted beside it. */
export function meanProgress(episodes: readonly CollectedEpisode[]): number | undefined {
  if (episodes.length === 0) return undefined;
  return episodes.reduce((sum, { progress }) => sum + progress, 0) / episodes.length;
}

function isBetter(one: ScreenedRow, other: ScreenedRow): boolean {
  if (one.pass !== other.pass) return one.pass;
  return (one.estimate ?? Number.NEGATIVE_INFINITY) > (other.estimate ?? Number.NEGATIVE_INFINITY);
}
