/** Every setting of a campaign of `evolve`, with unit, range and default. Recorded whole with the campaign. */
import * as v from "valibot";
import { AgentSettings } from "../campaign/agent/settings.ts";
import { GateSettings } from "../campaign/gate/settings.ts";
import { CommandSettings } from "../campaign/program/settings.ts";
import { CampaignBudget, PlaySettings } from "../campaign/settings.ts";
import { Prices } from "../core/budget.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const ReviewSettings = v.strictObject({
  /** Model calls of one review (the paper's reviewer: 300). */
  turns: v.optional(Positive, 300),
  /** Seconds of one review (the paper's reviewer: one hour). */
  seconds: v.optional(Positive, 3600),
  /** Tokens of one review. Absent: no limit. */
  tokens: v.optional(Positive),
  /** Tokens of a review's conversation, where a model reviews. */
  contextTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(4096)), 32_768),
  /** Of the reviewer `agent`. */
  agent: v.optional(AgentSettings),
  /** Of the reviewers `command` and `claude-code`. */
  command: v.optional(CommandSettings),
  /** Times a proposal that did not pass check or replay is sent back. */
  mends: v.optional(Count, 3),
});
export type ReviewSettings = v.InferOutput<typeof ReviewSettings>;

export const EvolveSettings = v.strictObject({
  play: PlaySettings,
  /** The scaffold to start from: name, folder, ref or hash. */
  scaffold: v.optional(v.string(), "base"),
  /** `catalogue`, `agent:PROVIDER:MODEL`, `claude-code`, `command:...`, `scripted:FILE`. */
  reviewer: v.pipe(v.string(), v.minLength(1)),
  /** Improvements sought one after the other (paper: 5). */
  revisions: v.optional(Positive, 5),
  /** Fresh attempts at each (paper: 3). */
  attempts: v.optional(Positive, 3),
  /** Times each failed attempt is continued (paper: 1). */
  continuations: v.optional(Count, 1),
  /** Select seeds a scaffold is first tried on (paper: 10). */
  selectSeeds: v.optional(Positive, 10),
  gate: v.optional(GateSettings, { kind: "confirm" }),
  review: v.optional(ReviewSettings, {}),
  /** Times failed episodes are played again before they count as missing. */
  retries: v.optional(Count, 2),
  /** When the report seeds are opened at the end: if something was accepted, always, or never. */
  report: v.optional(v.picklist(["accepted", "always", "never"]), "accepted"),
  budget: v.optional(CampaignBudget, {}),
  /** Prices of the reviewer's model, for a budget of money. */
  reviewerPrices: v.optional(Prices),
});
export type EvolveSettings = v.InferOutput<typeof EvolveSettings>;
