/**
 * What happens in an episode, entry by entry: the trace. It holds nothing that differs between two runs with the same replies
 * (no clock times), so equal play gives equal bytes; times go to a file of their own.
 * Resume replays these entries: the same agent meets the recorded replies and must produce the same entries again.
 */
import * as v from "valibot";
import { ChatMessage } from "./chat-model.ts";
import { GameAction, Observation } from "./game.ts";
import { Hash } from "./hash.ts";
import { Json, JsonObject } from "./json.ts";

const StepIndex = v.pipe(v.number(), v.integer(), v.minValue(0));
const PhaseName = v.picklist(["log", "plan"]);

/** First entry: what the episode is. */
export const EpisodeStartEntry = v.object({
  kind: v.literal("episode-start"),
  task: v.string(),
  seed: v.number(),
  gameOptions: JsonObject,
  instruction: v.string(),
  actions: v.array(GameAction),
  defaultAction: v.string(),
  maxSteps: v.number(),
  scaffold: v.object({ name: v.string(), version: v.string(), hash: Hash }),
  /** The memory folder before the first step. */
  files: v.record(v.string(), v.string()),
});

/** What the game showed: at `stepIndex` 0 after reset, later after the action of step `stepIndex - 1`. */
export const ObservationEntry = v.object({
  kind: v.literal("observation"),
  stepIndex: StepIndex,
  observation: Observation,
  progress: v.number(),
  info: JsonObject,
  /** Absent at step 0. */
  transition: v.optional(
    v.object({
      reward: v.number(),
      terminated: v.boolean(),
      truncated: v.boolean(),
      valid: v.boolean(),
      executed: v.string(),
    }),
  ),
});

/** The scaffold's signals and, if it has one, its debug value. */
export const SignalsEntry = v.object({
  kind: v.literal("signals"),
  stepIndex: StepIndex,
  signals: JsonObject,
  debug: v.optional(Json),
});

/** One committed model call. */
export const CallEntry = v.object({
  kind: v.literal("call"),
  stepIndex: StepIndex,
  phase: PhaseName,
  /** From 0 in each phase. */
  callIndex: v.number(),
  speaker: v.picklist(["base", "specialist"]),
  /** Messages added since the last call of this conversation (its reply excluded); the whole conversation at `callIndex` 0 or after a restart. */
  added: v.array(ChatMessage),
  /** True if the conversation begins anew with `added`. */
  fresh: v.boolean(),
  reply: v.string(),
  /** What the conversation goes on with in place of the reply: a specialist's without its ACTION. Absent: the reply itself. */
  kept: v.optional(v.string()),
  finishReason: v.picklist(["stop", "length"]),
  usage: v.object({
    promptTokens: v.optional(v.number()),
    cachedTokens: v.optional(v.number()),
    generatedTokens: v.optional(v.number()),
  }),
});
export type CallEntry = v.InferOutput<typeof CallEntry>;

/** One operation that was attempted, with its answer, in the order run. */
export const OperationEntry = v.object({
  kind: v.literal("operation"),
  stepIndex: StepIndex,
  phase: PhaseName,
  callIndex: v.number(),
  actor: v.picklist(["model", "scaffold"]),
  name: v.string(),
  arguments: v.array(v.string()),
  status: v.picklist(["ok", "empty", "refused", "malformed"]),
  /** What the model was told. Empty for the scaffold's own writes. */
  result: v.string(),
  /** For a malformed one: why. */
  failure: v.optional(v.string()),
  /** Where a scaffold's hook put this operation in place of the one written. */
  rewrittenFrom: v.optional(v.object({ name: v.string(), arguments: v.array(v.string()) })),
  /** For a write that took effect: each file's new content is `text` appended, or the whole. */
  writes: v.optional(
    v.array(v.object({ file: v.string(), change: v.picklist(["append", "replace", "remove"]), text: v.string() })),
  ),
});
export type OperationEntry = v.InferOutput<typeof OperationEntry>;

export const phaseEndReasons = ["done", "action", "no-operation", "call-limit", "context-full", "token-limit"] as const;

export const PhaseEndEntry = v.object({
  kind: v.literal("phase-end"),
  stepIndex: StepIndex,
  phase: PhaseName,
  reason: v.picklist(phaseEndReasons),
});

/** The action committed in a step. The game plays it next. */
export const ActionEntry = v.object({
  kind: v.literal("action"),
  stepIndex: StepIndex,
  /** As the model wrote it; empty for a fallback without one. */
  raw: v.string(),
  action: v.string(),
  fallback: v.boolean(),
  /** Actions the scaffold rejected in this step, with its reasons. */
  rejections: v.array(v.object({ action: v.string(), reason: v.string() })),
});

export const episodeEndReasons = ["terminated", "truncated", "step-limit"] as const;

/** Last entry of a finished episode. */
export const EpisodeEndEntry = v.object({
  kind: v.literal("episode-end"),
  reason: v.picklist(episodeEndReasons),
  steps: v.number(),
  progress: v.number(),
  /** Sum of rewards. */
  episodeReturn: v.number(),
});

export const JournalEntry = v.variant("kind", [
  EpisodeStartEntry,
  ObservationEntry,
  SignalsEntry,
  CallEntry,
  OperationEntry,
  PhaseEndEntry,
  ActionEntry,
  EpisodeEndEntry,
]);
export type JournalEntry = v.InferOutput<typeof JournalEntry>;

/** Where the agent puts its entries. */
export interface JournalSink {
  /** Adds an entry; it reaches the disk with the next `commit` at the latest. */
  add(entry: JournalEntry): void;
  /** Adds an entry and resolves when it and all before it are on disk. Used for each model call and each action. */
  commit(entry: JournalEntry): Promise<void>;
}
