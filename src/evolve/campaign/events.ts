/** What a campaign tells while it goes on, for a screen or a program to follow. The records, not this, say what happened. */
import type { ContestHappening } from "../../campaign/contest.ts";
import type { GateVerdict } from "../../campaign/gate/gate.ts";
import type { Spent } from "../../campaign/spending.ts";
import type { RunEvent } from "../../run/events.ts";
import type { StructuralChange } from "../tried-revision.ts";

export type CampaignPhase = "baseline" | "review" | "select" | "confirm" | "report";

/** Where the campaign is. `key` is that of a revision (`r1a2c0`); empty for the baseline and the report. */
export interface CampaignPlace {
  phase: CampaignPhase;
  key: string;
}

export type CampaignEvent = { campaignId: string; spent: Spent } & CampaignHappening;

export type CampaignHappening =
  | { kind: "campaign-start"; resumed: boolean }
  | ({ kind: "phase-start" } & CampaignPlace)
  /** An event of the run that is played for this place. */
  | ({ kind: "play"; event: RunEvent } & CampaignPlace)
  /** A line of the reviewer's. */
  | { kind: "review-progress"; key: string; line: string }
  | { kind: "review-sent-back"; key: string; mend: number; problems: string }
  | { kind: "review-end"; key: string; change: StructuralChange | undefined; reason: string }
  | ContestHappening
  | { kind: "verdict"; key: string; outcome: string; reason: string; gate: GateVerdict | undefined }
  | { kind: "campaign-end"; end: string; reason: string };
