/**
 * A contest of two players, judged by episodes: the select seeds, and if the gate asks for them the confirm seeds, pair by pair. Nothing but
 * the gate's decision on the confirm seeds accepts.
 */
import type { EvaluationRecord } from "../core/campaign.ts";
import type { Hash } from "../core/hash.ts";
import { type PairedDifference, pairedDifference } from "../metrics/paired.ts";
import { wholeMean } from "../metrics/whole-mean.ts";
import type { RunEvent } from "../run/events.ts";
import type { Store } from "../store/store.ts";
import type { Arena, EvaluatedEpisode, Player } from "./arena.ts";
import {
  type CampaignSoFar,
  type Gate,
  type GateFigures,
  type GateVerdict,
  type Screening,
  type SeedPair,
  seedBlocks,
} from "./gate/gate.ts";
import type { SeedPlan } from "./seed-plan.ts";

/** The two that are compared. */
export interface Contest {
  /** Names what is judged, in what is told. */
  key: string;
  candidate: Player;
  incumbent: Player;
  /** Which play of the confirm seeds counts for the incumbent: one that was accepted on them plays them again (docs/gate.md). */
  incumbentTake: number;
}

export type ContestHappening =
  | { kind: "phase-start"; phase: "select" | "confirm"; key: string }
  /** An event of the run that is played. */
  | { kind: "play"; phase: "select" | "confirm"; key: string; event: RunEvent }
  /** Mean progression on the select seeds, in [0, 1]; `undefined` while episodes are missing. */
  | {
      kind: "select-end";
      key: string;
      candidate: number | undefined;
      incumbent: number | undefined;
      passed: boolean;
      reason: string;
    }
  | { kind: "confirm-progress"; key: string; figures: GateFigures };

export interface ContestParts {
  arena: Arena;
  gate: Gate;
  plan: SeedPlan;
  tell: (happening: ContestHappening) => void;
}

/** Episodes of both, seed by seed. */
export interface PlayedPair {
  candidate: EvaluatedEpisode[];
  incumbent: EvaluatedEpisode[];
}

export interface Screened {
  screening: Screening;
  played: PlayedPair;
  candidateMean: number | undefined;
  incumbentMean: number | undefined;
}

export interface Confirmed {
  verdict: GateVerdict;
  played: PlayedPair;
}

/** On the select seeds. Throws what `Arena.play` throws. */
export async function screenOnSelect({ arena, gate, plan, tell }: ContestParts, contest: Contest): Promise<Screened> {
  const { key } = contest;
  const onEvent = (event: RunEvent) => tell({ kind: "play", phase: "select", key, event });
  tell({ kind: "phase-start", phase: "select", key });
  const played = {
    candidate: await arena.play(contest.candidate, "select", plan.select, onEvent),
    incumbent: await arena.play(contest.incumbent, "select", plan.select, onEvent),
  };
  const pairs = pairsOf(played.candidate, played.incumbent);
  const screening = gate.screen(pairs);
  const candidateMean = wholeMean(pairs.map((pair) => pair.candidate));
  const incumbentMean = wholeMean(pairs.map((pair) => pair.incumbent));
  const { pass: passed, reason } = screening;
  tell({ kind: "select-end", key, candidate: candidateMean, incumbent: incumbentMean, passed, reason });
  return { screening, played, candidateMean, incumbentMean };
}

/** On the confirm seeds, until the gate has decided. Throws what `Arena.play` throws. */
export async function confirmOnFresh(
  { arena, gate, plan, tell }: ContestParts,
  { key, candidate, incumbent, incumbentTake }: Contest,
  soFar: CampaignSoFar,
): Promise<Confirmed> {
  tell({ kind: "phase-start", phase: "confirm", key });
  const onEvent = (event: RunEvent) => tell({ kind: "play", phase: "confirm", key, event });
  let played: PlayedPair = { candidate: [], incumbent: [] };
  for (let seeds = 0; ; ) {
    const step = gate.confirm(pairsOf(played.candidate, played.incumbent), soFar);
    if (step.need === "nothing") return { verdict: step.verdict, played };
    if (seeds > 0) tell({ kind: "confirm-progress", key, figures: step.soFar });
    if (seeds + step.pairs > plan.confirm.length) throw new Error("The gate asked for more seeds than it was told of.");
    seeds += step.pairs;
    const asked = plan.confirm.slice(0, seeds);
    played = {
      candidate: await arena.play(candidate, "confirm", asked, onEvent),
      incumbent: await arena.play(incumbent, "confirm", asked, onEvent, incumbentTake),
    };
  }
}

/** A gate's answer as it stands in verdicts. */
export const outcomeOfGate = {
  accept: "accepted",
  reject: "rejected-on-confirm",
  stopped: "stopped",
} as const satisfies Record<GateVerdict["decision"], string>;

/** One pair a seed; both arms were asked for the same episodes. */
export function pairsOf(candidate: readonly EvaluatedEpisode[], incumbent: readonly EvaluatedEpisode[]): SeedPair[] {
  const other = new Map(incumbent.map((episode) => [`${episode.task}/${episode.seed}`, episode.progress]));
  return seedBlocks(
    candidate.map(({ task, seed, progress }) => ({
      task,
      seed,
      candidate: progress,
      incumbent: other.get(`${task}/${seed}`),
    })),
  );
}

/** What the candidate did better, seed by seed. */
export function compareEpisodes(
  candidate: readonly EvaluatedEpisode[],
  incumbent: readonly EvaluatedEpisode[],
): PairedDifference {
  return pairedDifference(
    pairsOf(candidate, incumbent).map((pair) => ({ baseline: pair.incumbent, other: pair.candidate })),
  );
}

/** Who was evaluated, for its record. */
export type Evaluated = Pick<EvaluationRecord, "scaffold" | "adapter">;

/** Keeps the evaluations of both as records. */
export async function keepBoth(
  store: Store,
  evaluated: { candidate: Evaluated; incumbent: Evaluated },
  purpose: EvaluationRecord["purpose"],
  played: { candidate: readonly EvaluatedEpisode[]; incumbent: readonly EvaluatedEpisode[] },
): Promise<{ candidate: Hash; incumbent: Hash }> {
  return {
    candidate: await keepEvaluation(store, evaluated.candidate, purpose, played.candidate),
    incumbent: await keepEvaluation(store, evaluated.incumbent, purpose, played.incumbent),
  };
}

export function keepEvaluation(
  store: Store,
  { scaffold, adapter }: Evaluated,
  purpose: EvaluationRecord["purpose"],
  episodes: readonly EvaluatedEpisode[],
): Promise<Hash> {
  return store.records.put<"automem.evaluation/1">({
    schema: "automem.evaluation/1",
    scaffold,
    ...(adapter === undefined ? {} : { adapter }),
    purpose,
    episodes: [...episodes],
  });
}
