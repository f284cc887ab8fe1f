/** Judges a revision by episodes: the select seeds, and if the gate asks for them the confirm seeds, pair by pair. */
import type { Hash } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import { type PairedDifference, pairedDifference } from "../../metrics/paired.ts";
import { wholeMean } from "../../metrics/whole-mean.ts";
import type { RunEvent } from "../../run/events.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import type { Store } from "../../store/store.ts";
import { type CampaignSoFar, type Gate, type GateVerdict, type SeedPair, seedBlocks } from "../gate/gate.ts";
import type { SeedPlan } from "../seed-plan.ts";
import type { Arena, EvaluatedEpisode, EvaluationPurpose } from "./arena.ts";
import type { CampaignHappening, CampaignPlace } from "./events.ts";

export interface JudgeParts {
  arena: Arena;
  gate: Gate;
  plan: SeedPlan;
  store: Store;
  campaign: Hash;
  tell: (happening: CampaignHappening) => void;
}

/** The two that are compared. */
export interface Contest {
  key: string;
  revision: Hash;
  candidate: LoadedScaffold;
  incumbent: LoadedScaffold;
  /** Which play of the confirm seeds counts for the incumbent: one that was accepted on them plays them again (docs/gate.md). */
  incumbentTake: number;
}

export interface Judgement {
  /** Of the verdict's record. */
  record: Hash;
  outcome: "accepted" | "rejected-on-select" | "rejected-on-confirm" | "stopped";
  reason: string;
  /** Without figures of the confirm seeds. */
  toldToReviewers: string;
  selectMean: number | undefined;
  incumbentSelectMean: number | undefined;
  candidateSelect: readonly EvaluatedEpisode[];
  /** Of the confirm test, if there was one. */
  gate: GateVerdict | undefined;
}

export async function judgeRevision(parts: JudgeParts, contest: Contest, soFar: CampaignSoFar): Promise<Judgement> {
  const { arena, gate, plan, tell } = parts;
  const { key, candidate, incumbent } = contest;
  const told = (place: CampaignPlace) => (event: RunEvent) => tell({ kind: "play", ...place, event });
  tell({ kind: "phase-start", phase: "select", key });
  const selected = {
    candidate: await arena.play(candidate, "select", plan.select, told({ phase: "select", key })),
    incumbent: await arena.play(incumbent, "select", plan.select, told({ phase: "select", key })),
  };
  const selectPairs = pairsOf(selected.candidate, selected.incumbent);
  const screening = gate.screen(selectPairs);
  const means = {
    selectMean: wholeMean(selectPairs.map((pair) => pair.candidate)),
    incumbentSelectMean: wholeMean(selectPairs.map((pair) => pair.incumbent)),
  };
  tell({
    kind: "select-end",
    key,
    candidate: means.selectMean,
    incumbent: means.incumbentSelectMean,
    passed: screening.pass,
    reason: screening.reason,
  });
  const confirmed = screening.pass ? await confirm(parts, contest, soFar) : undefined;
  const outcome =
    confirmed === undefined
      ? "rejected-on-select"
      : ({ accept: "accepted", reject: "rejected-on-confirm", stopped: "stopped" } as const)[
          confirmed.verdict.decision
        ];
  const reason = confirmed?.verdict.reason ?? screening.reason;
  const record = await parts.store.records.put<"automem.verdict/1">({
    schema: "automem.verdict/1",
    campaign: parts.campaign,
    revision: contest.revision,
    incumbent: incumbent.hash,
    outcome,
    reason,
    select: await keepBoth(parts.store, contest, "select", selected),
    confirm: confirmed && (await keepBoth(parts.store, contest, "confirm", confirmed)),
    screen: plainJson(screening),
    gate: confirmed && plainJson(confirmed.verdict),
  });
  tell({ kind: "verdict", key, outcome, reason, gate: confirmed?.verdict });
  return {
    record,
    outcome,
    reason,
    toldToReviewers: confirmed?.verdict.toldToReviewers ?? screening.reason,
    ...means,
    candidateSelect: selected.candidate,
    gate: confirmed?.verdict,
  };
}

async function confirm(
  { arena, gate, plan, tell }: JudgeParts,
  { key, candidate, incumbent, incumbentTake }: Contest,
  soFar: CampaignSoFar,
): Promise<{ verdict: GateVerdict; candidate: EvaluatedEpisode[]; incumbent: EvaluatedEpisode[] }> {
  tell({ kind: "phase-start", phase: "confirm", key });
  const onEvent = (event: RunEvent) => tell({ kind: "play", phase: "confirm", key, event });
  let played: { candidate: EvaluatedEpisode[]; incumbent: EvaluatedEpisode[] } = { candidate: [], incumbent: [] };
  for (let seeds = 0; ; ) {
    const step = gate.confirm(pairsOf(played.candidate, played.incumbent), soFar);
    if (step.need === "nothing") return { verdict: step.verdict, ...played };
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

/** Keeps the evaluations of both arms as records. */
export async function keepBoth(
  store: Store,
  { candidate, incumbent }: Pick<Contest, "candidate" | "incumbent">,
  purpose: EvaluationPurpose,
  played: { candidate: readonly EvaluatedEpisode[]; incumbent: readonly EvaluatedEpisode[] },
): Promise<{ candidate: Hash; incumbent: Hash }> {
  const keep = (scaffold: Hash, episodes: readonly EvaluatedEpisode[]) =>
    store.records.put<"automem.evaluation/1">({
      schema: "automem.evaluation/1",
      scaffold,
      purpose,
      episodes: [...episodes],
    });
  return {
    candidate: await keep(candidate.hash, played.candidate),
    incumbent: await keep(incumbent.hash, played.incumbent),
  };
}

export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
