/** Judges a revision by episodes, and keeps the verdict. */
import type { Arena, EvaluatedEpisode, Player } from "../../campaign/arena.ts";
import { type Confirmed, confirmOnFresh, keepBoth, outcomeOfGate, screenOnSelect } from "../../campaign/contest.ts";
import type { CampaignSoFar, Gate, GateVerdict } from "../../campaign/gate/gate.ts";
import type { SeedPlan } from "../../campaign/seed-plan.ts";
import type { Hash } from "../../core/hash.ts";
import { plainJson } from "../../core/json.ts";
import type { LoadedScaffold } from "../../scaffold/load-scaffold.ts";
import type { Store } from "../../store/store.ts";
import type { CampaignHappening } from "./events.ts";

export interface JudgeParts {
  arena: Arena;
  gate: Gate;
  plan: SeedPlan;
  store: Store;
  campaign: Hash;
  playerOf: (scaffold: LoadedScaffold) => Player;
  tell: (happening: CampaignHappening) => void;
}

/** What is to be judged, and the scaffold it has to beat. */
export interface RevisionContest {
  key: string;
  revision: Hash;
  candidate: LoadedScaffold;
  incumbent: LoadedScaffold;
  /** As in `Contest`. */
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

export async function judgeRevision(
  parts: JudgeParts,
  { key, revision, candidate, incumbent, incumbentTake }: RevisionContest,
  soFar: CampaignSoFar,
): Promise<Judgement> {
  const { playerOf, store, tell } = parts;
  const contest = { key, candidate: playerOf(candidate), incumbent: playerOf(incumbent), incumbentTake };
  const { screening, played, candidateMean, incumbentMean } = await screenOnSelect(parts, contest);
  let confirmed: Confirmed | undefined;
  if (screening.pass) confirmed = await confirmOnFresh(parts, contest, soFar);
  const outcome = confirmed === undefined ? "rejected-on-select" : outcomeOfGate[confirmed.verdict.decision];
  const reason = confirmed?.verdict.reason ?? screening.reason;
  const record = await store.records.put<"automem.verdict/1">({
    schema: "automem.verdict/1",
    campaign: parts.campaign,
    revision,
    incumbent: incumbent.hash,
    outcome,
    reason,
    select: await keepBoth(store, contestants(contest), "select", played),
    confirm: confirmed && (await keepBoth(store, contestants(contest), "confirm", confirmed.played)),
    screen: plainJson(screening),
    gate: confirmed && plainJson(confirmed.verdict),
  });
  tell({ kind: "verdict", key, outcome, reason, gate: confirmed?.verdict });
  return {
    record,
    outcome,
    reason,
    toldToReviewers: confirmed?.verdict.toldToReviewers ?? screening.reason,
    selectMean: candidateMean,
    incumbentSelectMean: incumbentMean,
    candidateSelect: played.candidate,
    gate: confirmed?.verdict,
  };
}

function contestants({ candidate, incumbent }: { candidate: Player; incumbent: Player }) {
  return { candidate: { scaffold: candidate.scaffold }, incumbent: { scaffold: incumbent.scaffold } };
}
