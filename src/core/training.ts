/**
 * Training data as immutable records: which turns of which episodes, why they were chosen, and what was set aside. They hold no times:
 * the same episodes, choices and settings give the same record.
 */
import * as v from "valibot";
import { ChatMessage } from "./chat-model.ts";
import { Seed } from "./game.ts";
import { Hash } from "./hash.ts";
import { JsonObject } from "./json.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/**
 * What a turn of the model did with memory.
 * `write`: LOG, memory changed. `nothing`: LOG, ended at once. `check`: LOG, looked up only. `lookup`: PLAN, looked up. `end`: PLAN, an ACTION
 * that stood, and no look-up: it ended consulting. `other`: all else (nothing that could be read, refused alone, an ACTION sent back).
 */
export const turnKinds = ["write", "nothing", "check", "lookup", "end", "other"] as const;
export const TurnKind = v.picklist(turnKinds);
export type TurnKind = v.InferOutput<typeof TurnKind>;

/** A number for each kind of turn. */
export type KindCounts = Record<TurnKind, number>;

/** Names a turn for good: `EPISODE-RECORD:STEP:PHASE:CALL`. */
export const TurnId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:\d+:(log|plan):\d+$/, "not the id of a turn"));
export type TurnId = v.InferOutput<typeof TurnId>;

/** A line of the chat blobs: the conversation as it was sent, and the reply to learn. */
export const ChatExample = v.strictObject({
  prompt: v.pipe(v.array(ChatMessage), v.minLength(1)),
  completion: v.tuple([v.strictObject({ role: v.literal("assistant"), content: v.pipe(v.string(), v.minLength(1)) })]),
});
export type ChatExample = v.InferOutput<typeof ChatExample>;

export const datasetSplits = ["train", "validation"] as const;
export const DatasetSplit = v.picklist(datasetSplits);
export type DatasetSplit = v.InferOutput<typeof DatasetSplit>;

/** Where an item comes from and why it is there. A line of the `items` blob. */
export const DatasetItem = v.strictObject({
  turn: TurnId,
  episode: Hash,
  task: v.string(),
  seed: Seed,
  stepIndex: Count,
  phase: v.picklist(["log", "plan"]),
  callIndex: Count,
  speaker: v.picklist(["base", "specialist"]),
  kind: TurnKind,
  /** The selector's rule or criterion, and its reason in words. */
  rule: v.string(),
  reason: v.string(),
  /** In [0, 1]: docs/training-data.md, Value. */
  value: Share,
  /** Clean-up rules that took something away from the reply, in order. */
  cleaned: v.array(v.string()),
  split: DatasetSplit,
  /** Its lines in the split's blob are `firstLine` (from 0) to `firstLine + times - 1`. */
  firstLine: Count,
  times: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type DatasetItem = v.InferOutput<typeof DatasetItem>;

/** A chosen turn that is not in the dataset. A line of the `setAside` blob. */
export const SetAsideTurn = v.strictObject({
  turn: TurnId,
  kind: TurnKind,
  /** Of the clean-up, or `duplicate`, `episode-cap`, `balance`. */
  rule: v.string(),
  detail: v.string(),
});
export type SetAsideTurn = v.InferOutput<typeof SetAsideTurn>;

/** Who chose: its name, with what decides its choice (settings; for a model its identity). */
export const SelectorIdentity = v.strictObject({ name: v.string(), details: JsonObject });
export type SelectorIdentity = v.InferOutput<typeof SelectorIdentity>;

const KindCountsSchema = v.strictObject({
  write: Count,
  nothing: Count,
  check: Count,
  lookup: Count,
  end: Count,
  other: Count,
});

/** JSON lines of `ChatExample`; `lines` counts repeats, `items` does not. */
const SplitBlob = v.strictObject({ blob: Hash, items: Count, lines: Count });

export const DatasetRecord = v.strictObject({
  schema: v.literal("automem.dataset/1"),
  game: v.string(),
  selector: SelectorIdentity,
  /** Blob: what the selector looked for, in words. */
  criteria: Hash,
  /** src/train/dataset/settings.ts reads them. */
  settings: JsonObject,
  /** Records, in the order read. All of them were played on training seeds. */
  episodes: v.pipe(v.array(Hash), v.minLength(1)),
  /** All turns there were, and those the selector chose, by kind. */
  candidates: KindCountsSchema,
  chosen: KindCountsSchema,
  train: SplitBlob,
  validation: SplitBlob,
  /** Blobs: JSON lines of `DatasetItem` and of `SetAsideTurn`. */
  items: Hash,
  setAside: Hash,
  automemVersion: v.string(),
});
export type DatasetRecord = v.InferOutput<typeof DatasetRecord>;
