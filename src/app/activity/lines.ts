/**
 * What a campaign was doing, line by line: the part of its happenings that a page shows while it works. It is kept beside the campaign's log for
 * those who look, in any process; nothing is decided by it, and it can be deleted. Pure.
 */
import * as v from "valibot";
import type { GateFigures } from "../../campaign/gate/gate.ts";
import { TrainProgress } from "../../core/trainer.ts";
import type { CampaignHappening } from "../../evolve/campaign/events.ts";
import type { RunEvent } from "../../run/events.ts";
import type { TrainHappening } from "../../train/campaign/events.ts";

const Text = v.string();
const Count = v.number();
const Share = v.optional(v.number());
const Place = { phase: Text, key: Text };

const Look = v.object({ pairs: v.number(), value: v.number(), threshold: v.number() });
const Evidence = v.object({
  kind: v.picklist(["e-value", "p-value", "none"]),
  value: v.optional(v.number()),
  threshold: v.optional(v.number()),
});

const Said = v.variant("kind", [
  v.object({ kind: v.literal("campaign-start"), resumed: v.boolean() }),
  v.object({ kind: v.literal("round-start"), round: Count, rounds: Count }),
  v.object({ kind: v.literal("phase-start"), ...Place }),
  /** A run was begun for this phase, or gone on with. */
  v.object({ kind: v.literal("run-start"), ...Place, run: Text, planned: Count, finished: Count, failed: Count }),
  v.object({
    kind: v.literal("episode"),
    ...Place,
    run: Text,
    episode: Text,
    progress: Share,
    finished: Count,
    failed: Count,
  }),
  v.object({ kind: v.literal("decided"), key: Text }),
  v.object({ kind: v.literal("selection"), key: Text, episodes: Count, of: Count, chosen: Count }),
  v.object({ kind: v.literal("dataset"), key: Text, lines: Count }),
  v.object({ kind: v.literal("training-start"), key: Text }),
  v.object({ kind: v.literal("training"), key: Text, progress: TrainProgress }),
  v.object({ kind: v.literal("trained"), key: Text, steps: Count, seconds: v.number() }),
  v.object({ kind: v.literal("configuration-failed"), key: Text, reason: Text }),
  v.object({ kind: v.literal("parity"), key: Text, equal: Count, of: Count }),
  v.object({ kind: v.literal("review"), key: Text, line: Text }),
  v.object({
    kind: v.literal("select-end"),
    key: Text,
    candidate: Share,
    incumbent: Share,
    passed: v.boolean(),
    reason: Text,
  }),
  v.object({
    kind: v.literal("gate"),
    key: Text,
    estimate: Share,
    level: v.number(),
    pairsUsed: Count,
    evidence: Evidence,
    path: v.array(Look),
  }),
  /** A revision or trial was judged, or the campaign has ended. */
  v.object({ kind: v.literal("outcome"), key: Text, outcome: Text, reason: Text }),
  v.object({ kind: v.literal("campaign-end"), reason: Text }),
]);
export type SaidActivity = v.InferOutput<typeof Said>;

/** A line of the file: when it was said, milliseconds since 1970, and what. */
export const ActivityLine = v.object({ atMs: v.number(), said: Said });
export type ActivityLine = v.InferOutput<typeof ActivityLine>;

/** Characters of a reviewer's line that are kept. */
const longestLine = 400;

/** `undefined` for what is not kept: single steps of episodes are read from their journals. */
export function activityOf(happening: CampaignHappening | TrainHappening): SaidActivity | undefined {
  switch (happening.kind) {
    case "campaign-start":
      return { kind: "campaign-start", resumed: happening.resumed };
    case "round-start":
      return { kind: "round-start", round: happening.round, rounds: happening.rounds };
    case "phase-start":
      return { kind: "phase-start", phase: happening.phase, key: happening.key };
    case "play":
      return played(happening.phase, happening.key, happening.event);
    case "decided":
      return { kind: "decided", key: happening.key };
    case "selection-progress": {
      const { key, episodes, of, chosen } = happening;
      return { kind: "selection", key, episodes, of, chosen };
    }
    case "dataset":
      return { kind: "dataset", key: happening.key, lines: happening.lines };
    case "training-start":
      return { kind: "training-start", key: happening.key };
    case "training-progress":
      return { kind: "training", key: happening.key, progress: happening.progress };
    case "trained":
      return { kind: "trained", key: happening.key, steps: happening.steps, seconds: happening.seconds };
    case "configuration-failed":
      return { kind: "configuration-failed", key: happening.key, reason: happening.failure.reason };
    case "parity":
      return { kind: "parity", key: happening.key, equal: happening.equal, of: happening.of };
    case "review-progress":
      return { kind: "review", key: happening.key, line: happening.line.slice(0, longestLine) };
    case "review-sent-back":
      return { kind: "review", key: happening.key, line: `sent back: ${happening.problems}`.slice(0, longestLine) };
    case "select-end": {
      const { key, candidate, incumbent, passed, reason } = happening;
      return { kind: "select-end", key, candidate, incumbent, passed, reason };
    }
    case "confirm-progress":
      return gateLine(happening.key, happening.figures);
    case "test":
      return gateLine(happening.key, happening.verdict);
    case "verdict":
      return { kind: "outcome", key: happening.key, outcome: happening.outcome, reason: happening.reason };
    case "trial-end":
      return { kind: "outcome", key: happening.key, outcome: happening.outcome, reason: happening.why };
    case "campaign-end":
      return { kind: "campaign-end", reason: happening.reason };
    default:
      return undefined;
  }
}

function played(phase: string, key: string, event: RunEvent): SaidActivity | undefined {
  const { runId: run, totals } = event;
  const { planned, finished, failed } = totals;
  switch (event.kind) {
    case "run-start":
      return { kind: "run-start", phase, key, run, planned, finished, failed };
    case "episode-end":
      return { kind: "episode", phase, key, run, episode: event.key, progress: event.progress, finished, failed };
    case "episode-failed":
      return { kind: "episode", phase, key, run, episode: event.key, progress: undefined, finished, failed };
    default:
      return undefined;
  }
}

function gateLine(key: string, { estimate, level, pairsUsed, evidence, path }: GateFigures): SaidActivity {
  return { kind: "gate", key, estimate, level, pairsUsed, evidence, path: [...path] };
}
