/** What a campaign of `train` tells while it goes on, for a screen or a program to follow. The records, not this, say what happened. */
import type { ContestHappening } from "../../campaign/contest.ts";
import type { GateVerdict } from "../../campaign/gate/gate.ts";
import type { Spent } from "../../campaign/spending.ts";
import type { Hash } from "../../core/hash.ts";
import type { Recipe, TrainProgress } from "../../core/trainer.ts";
import type { KindCounts } from "../../core/training.ts";
import type { TrialFailure } from "../../core/trial.ts";
import type { RunEvent } from "../../run/events.ts";

export type TrainEvent = { campaignId: string; spent: Spent } & TrainHappening;

/** `key` is that of a trial (`t3`) or of one of its configurations (`t3.1`). */
export type TrainHappening =
  | { kind: "campaign-start"; resumed: boolean }
  | { kind: "round-start"; round: number; rounds: number }
  | { kind: "phase-start"; phase: "collect" | "baseline" | "report"; key: string }
  | { kind: "play"; phase: "collect" | "baseline" | "report"; key: string; event: RunEvent }
  | { kind: "collected"; round: number; episodes: number; missing: number; meanProgress: number | undefined }
  | { kind: "decided"; key: string; round: number; plan: unknown; reason: string }
  /** The decider has nothing further to try: the round ends. */
  | { kind: "nothing-left"; round: number; reason: string }
  | { kind: "selection-progress"; key: string; episodes: number; of: number; chosen: number }
  | { kind: "dataset"; key: string; dataset: Hash; items: KindCounts; lines: number; reused: boolean }
  | { kind: "training-start"; key: string; recipe: Recipe }
  | { kind: "training-progress"; key: string; progress: TrainProgress }
  | { kind: "trained"; key: string; adapter: Hash; steps: number; finalLoss: number | undefined; seconds: number }
  /** Replies of the served adapter that equal the trainer's own. */
  | { kind: "parity"; key: string; equal: number; of: number }
  | { kind: "configuration-failed"; key: string; failure: TrialFailure }
  | ContestHappening
  | { kind: "test"; key: string; against: "base" | "incumbent"; verdict: GateVerdict }
  | { kind: "trial-end"; key: string; outcome: string; why: string; adapter: Hash | undefined }
  | { kind: "campaign-end"; end: string; reason: string };
