/** The gate asked again over recorded evaluations. */
import { outcomeOfGate, pairsOf } from "../../campaign/contest.ts";
import type { CampaignSoFar, Gate, GateVerdict, Screening } from "../../campaign/gate/gate.ts";
import type { EvaluationRecord } from "../../core/campaign.ts";
import { plainJson } from "../../core/json.ts";
import { compared, type FieldCheck } from "./report.ts";

type Episodes = EvaluationRecord["episodes"];

export interface RecordedPair {
  candidate: EvaluationRecord;
  incumbent: EvaluationRecord;
}

export type GateOutcome = (typeof outcomeOfGate)[GateVerdict["decision"]] | "rejected-on-select";

export function screenAgain(gate: Gate, candidate: Episodes, incumbent: Episodes): Screening {
  return gate.screen(pairsOf(candidate, incumbent));
}

/** `undefined`: the gate would have asked for more pairs than were recorded. */
export function confirmAgain(gate: Gate, pair: RecordedPair, soFar: CampaignSoFar): GateVerdict | undefined {
  const step = gate.confirm(pairsOf(pair.candidate.episodes, pair.incumbent.episodes), soFar);
  return step.need === "nothing" ? step.verdict : undefined;
}

export function screenCheck(recorded: unknown, screening: Screening, field = "screen"): FieldCheck {
  return compared(field, recorded, plainJson(screening), screening.reason);
}

export function gateCheck(recorded: unknown, verdict: GateVerdict | undefined, field = "gate"): FieldCheck {
  if (verdict !== undefined) return compared(field, recorded, plainJson(verdict), verdict.reason);
  const remark = "the gate asks for more pairs than were played";
  return { field, standing: "different", found: "no verdict", remark };
}

export function outcomeOf(screening: Screening, verdict: GateVerdict | undefined): GateOutcome {
  if (!screening.pass) return "rejected-on-select";
  return verdict === undefined ? "stopped" : outcomeOfGate[verdict.decision];
}
