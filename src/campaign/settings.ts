/** Settings that every campaign has, of whichever loop: how its episodes are played, and what it may spend. */
import * as v from "valibot";
import { RunSettings } from "../core/run-settings.ts";

const Positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** How episodes are played: the settings of a run without what a campaign decides itself. */
export const PlaySettings = v.omit(RunSettings, ["scaffold", "seeds", "seedSet", "preset", "budget"]);
export type PlaySettings = v.InferOutput<typeof PlaySettings>;

/** What a whole campaign may spend, over all its resumes. Enforced to within one call a worker, and one call of what proposes changes. */
export const CampaignBudget = v.strictObject({
  /** Episodes started. */
  episodes: v.optional(Positive),
  /** Tokens read and written by all models, cached ones included. */
  tokens: v.optional(Positive),
  /** In the currency of the prices. */
  money: v.optional(v.pipe(v.number(), v.gtValue(0))),
  /** Seconds of work; the time between a stop and a resume does not count. */
  seconds: v.optional(Positive),
});
export type CampaignBudget = v.InferOutput<typeof CampaignBudget>;
