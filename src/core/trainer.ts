/**
 * The trainer contract: what a trainer plugin offers to loop 2, and the recipe of a training. Wire form: docs/protocol.md, kind `trainer`.
 * The paper's settings by game: AutoMem, arXiv 2607.01224.
 */
import * as v from "valibot";
import type { ChatMessage } from "./chat-model.ts";
import { Hash } from "./hash.ts";

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Finite = v.pipe(v.number(), v.finite());
const whole = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const range = (low: number, high: number) => v.pipe(v.number(), v.minValue(low), v.maxValue(high));

/** How an adapter is trained. Every field has a default: what was measured to teach a model of 135 million weights on two CPU cores. */
export const Recipe = v.strictObject({
  rank: v.optional(whole(1, 1024), 16),
  /** The adapter's change is scaled by alpha / rank. */
  alpha: v.optional(range(1e-6, 1e6), 32),
  /** Share of the adapter's inputs dropped. */
  dropout: v.optional(range(0, 0.9), 0),
  /** At its highest. */
  learningRate: v.optional(range(1e-8, 1e6), 1e-3),
  /** Passes over the dataset. */
  epochs: v.optional(whole(1, 100), 3),
  /** Steps of the optimiser, instead of `epochs`. */
  maxSteps: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null),
  /** Examples at a time on one device. */
  batchSize: v.optional(whole(1, 1024), 4),
  /** Batches of one step. */
  gradientAccumulation: v.optional(whole(1, 1024), 1),
  /** Examples with more tokens are left out whole, and listed. */
  cutoffTokens: v.optional(whole(16, 1_048_576), 4096),
  /** Course of the learning rate after the warm-up. */
  schedule: v.optional(v.picklist(["constant", "linear", "cosine"]), "cosine"),
  /** Share of the steps in which the learning rate rises from 0. */
  warmupShare: v.optional(range(0, 0.9), 0.1),
  weightDecay: v.optional(range(0, 1), 0),
  maxGradientNorm: v.optional(range(1e-6, 1e6), 1),
  /** Steps between two checkpoints. */
  saveSteps: v.optional(whole(1, 1_000_000), 25),
  /** GPUs of this machine; 1 also for CPU. */
  devices: v.optional(whole(1, 64), 1),
  /** Layers that get an adapter: q, k, v and o, or all linear ones but the output. */
  targets: v.optional(v.picklist(["attention", "all"]), "all"),
  /** Of the base's weights and the arithmetic; the adapter is float32. */
  precision: v.optional(v.picklist(["fp32", "bf16"]), "bf16"),
  /** Less memory, about a third more time. */
  gradientCheckpointing: v.optional(v.boolean(), false),
  seed: v.optional(whole(0, 2 ** 31 - 1), 0),
});
export type Recipe = v.InferOutput<typeof Recipe>;

/** What the paper used for its 8-billion models, and how many examples at least. */
export const paperRecipes = {
  crafter: { recipe: paper(256, 4, 8, "attention"), minimumExamples: 600 },
  minihack: { recipe: paper(128, 3, 4, "all"), minimumExamples: 300 },
  nethack: { recipe: paper(256, 1, 8, "all"), minimumExamples: 800 },
} as const;

export const TrainerReady = v.object({
  name: v.string(),
  version: v.string(),
  packages: v.record(v.string(), v.string()),
});
export type TrainerReady = v.InferOutput<typeof TrainerReady>;

/** What one training is given. Paths are absolute. */
export interface TrainRequest {
  /** JSON lines of `ChatExample`, or of `{messages, completion}` with the reply as text. */
  dataset: string;
  /** A folder of safetensors with tokenizer and chat template, or a GGUF file. */
  base: string;
  recipe: Recipe;
  /** Folder of this training alone. A request equal to one that was interrupted goes on from its last checkpoint. */
  out: string;
  /** Folder that trainings share: bases made from GGUF files. */
  cache: string;
}

export const TrainProgress = v.variant("phase", [
  v.object({ phase: v.picklist(["base", "tokens", "save"]) }),
  v.object({
    phase: v.literal("train"),
    /** Steps done, from 1. */
    step: v.pipe(v.number(), v.integer(), v.minValue(1)),
    totalSteps: v.pipe(v.number(), v.integer(), v.minValue(1)),
    epoch: Finite,
    loss: Finite,
    learningRate: Finite,
    tokensPerSecond: v.nullish(Finite),
    secondsLeft: v.nullish(Finite),
    /** Most memory the training took so far: of the device it runs on, or of the process on a CPU. */
    memoryBytes: v.nullish(Count),
  }),
]);
export type TrainProgress = v.InferOutput<typeof TrainProgress>;

const BaseUsed = v.object({ folder: v.string(), sha256: Hash, ggufSha256: v.nullable(Hash) });
const AdapterFile = v.object({ path: v.string(), sha256: Hash, bytes: Count });

export const TrainResult = v.object({
  steps: Count,
  resumedFromStep: Count,
  /** Of each step, in order. */
  losses: v.array(Finite),
  /** Lines that were learnt, and the numbers (from 1) of those left out because of `cutoffTokens`. */
  examples: Count,
  tooLong: v.array(Count),
  tokens: Count,
  learntTokens: Count,
  datasetSha256: Hash,
  base: BaseUsed,
  seed: Count,
  packages: v.record(v.string(), v.string()),
  device: v.string(),
  seconds: Finite,
  /** The PEFT folder. */
  adapter: v.object({ folder: v.string(), files: v.array(AdapterFile) }),
  /** The same as a GGUF LoRA; null where the architecture is not converted, with the reason. */
  gguf: v.nullable(v.object({ path: v.string(), sha256: Hash })),
  ggufMissing: v.nullable(v.string()),
});
export type TrainResult = v.InferOutput<typeof TrainResult>;

export interface TrainOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TrainProgress) => void) | undefined;
}

/** What a base, or a base with an adapter, is asked to say by itself. Paths are absolute. */
export interface GenerateRequest {
  /** As in `TrainRequest`. */
  base: string;
  /** A PEFT folder; null for the base alone. */
  adapter: string | null;
  /** Conversations to go on with, each on its own. */
  prompts: ChatMessage[][];
  /** Of each reply, from 1. */
  maxTokens: number;
  /** As in `TrainRequest`. */
  cache: string;
}

export const GenerateResult = v.object({
  /** In the order of the prompts. */
  replies: v.array(
    v.object({
      text: v.string(),
      finishReason: v.picklist(["stop", "length"]),
      /** Tokens of the conversation as the trainer reads it: a server that counts others reads it otherwise. */
      promptTokens: Count,
      /** With the one that ends the turn. */
      generatedTokens: Count,
      /**
       * How nearly another token was taken: the smallest difference, over the tokens taken, between the log-probability (natural) of the one
       * taken and the next likeliest. A server may differ lawfully where this is near 0.
       */
      leastMargin: v.pipe(Finite, v.minValue(0)),
    }),
  ),
  base: BaseUsed,
  seconds: Finite,
});
export type GenerateResult = v.InferOutput<typeof GenerateResult>;

/** A base and an adapter to be made one file. Paths are absolute; all are GGUF files. */
export interface MergeRequest {
  base: string;
  /** A GGUF LoRA of that base. */
  adapter: string;
  /** Written whole or not at all. */
  out: string;
}

export const MergeResult = v.object({
  sha256: Hash,
  bytes: Count,
  /** Of the changed matrices: the base's own (`F32`, `F16`, `BF16`), or `F16` where the base is quantised; then of all matrices. */
  type: v.string(),
  /** Matrices changed. */
  merged: Count,
});
export type MergeResult = v.InferOutput<typeof MergeResult>;

/**
 * One trainer process, one call at a time. Throws `TrainerError`: `code` is one of `bad-recipe`, `bad-dataset`, `missing-dataset`,
 * `missing-model`, `bad-base`, `bad-adapter`, `template`, `out-of-memory`, `loss-not-finite`, `cancelled`, `training-failed`, `worker-lost`,
 * `trainer-lost`, `timeout`, `bad-response`, `busy`, or a name of the plugin's own.
 */
export interface Trainer {
  readonly ready: TrainerReady;
  train(request: TrainRequest, options: TrainOptions): Promise<TrainResult>;
  /** Replies by the likeliest token each time, in float32, without any server: what a server's greedy replies are compared with. */
  generate(request: GenerateRequest, options: Omit<TrainOptions, "onProgress">): Promise<GenerateResult>;
  close(): Promise<void>;
}

function paper(rank: number, epochs: number, gradientAccumulation: number, targets: Recipe["targets"]): Recipe {
  const batchSize = 2;
  const learningRate = 5e-5;
  return v.parse(Recipe, { rank, alpha: 2 * rank, learningRate, epochs, batchSize, gradientAccumulation, targets });
}
