/** What the index says of a run and of an episode. */
import type { EpisodeCost } from "./episode-cost.ts";
import type { EpisodeState } from "./run-files.ts";

/** A run, as `list` shows it. */
export interface RunRow {
  id: string;
  /** ISO 8601, UTC. */
  created: string;
  game: string;
  model: string;
  scaffold: string;
  planned: number;
  finished: number;
  failed: number;
  /** Mean over the finished episodes, a share in [0, 1]; null if none is. */
  meanProgress: number | null;
  /** Steps of the finished episodes. */
  steps: number;
  /** Of the finished episodes, as `EpisodeCost`; null where nothing is known. */
  calls: number | null;
  promptTokens: number | null;
  cachedTokens: number | null;
  generatedTokens: number | null;
  uncounted: number;
  money: number | null;
  /** Of play, added up over the finished episodes: those played side by side took less. */
  seconds: number | null;
  /** Name of the adapter that the specialist was; null without. */
  specialist: string | null;
  /** Why the run cannot be read; the other fields are then empty. */
  problem: string | null;
}

/** Where an episode that was started stands. */
export interface StandingRow {
  key: string;
  status: EpisodeState["status"];
  /** Times it was started. */
  attempts: number;
  record: string | null;
  steps: number | null;
  progress: number | null;
  failure: string | null;
}

/** An episode that was started; what it cost is null until it is finished. */
export interface EpisodeRow extends EpisodeCost, StandingRow {
  run: string;
  task: string;
  seed: number;
  seconds: number | null;
}

/** A started episode of another run with the same game, task and seed. */
export interface BesideRow {
  run: string;
  key: string;
  created: string;
  model: string;
  scaffold: string;
  specialist: string | null;
  status: EpisodeState["status"];
  steps: number | null;
  progress: number | null;
}
