/** A trainer that writes small files: how good the adapter is stands in them, and is the recipe's rank in per cent. It has three steps. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";
import { TrainerError } from "../../../src/core/errors.ts";
import { hashBytes } from "../../../src/core/hash.ts";
import type {
  GenerateResult,
  MergeResult,
  Trainer,
  TrainOptions,
  TrainRequest,
  TrainResult,
} from "../../../src/core/trainer.ts";

export const Weights = v.object({ share: v.number() });

export interface Trained {
  out: string;
  resumedFromStep: number;
}

export class FakeTrainer implements Trainer {
  readonly ready = { name: "fake", version: "1.0.0", packages: { fake: "1.0.0" } };
  /** Trainings begun, in order. */
  readonly begun: Trained[] = [];
  closed = false;
  readonly #onStep: (request: TrainRequest, step: number, begun: number) => void;

  /** `onStep` before each step, with how many trainings were begun; may throw. */
  constructor(onStep: (request: TrainRequest, step: number, begun: number) => void = () => undefined) {
    this.#onStep = onStep;
  }

  async train(request: TrainRequest, { signal, onProgress }: TrainOptions): Promise<TrainResult> {
    const { out, recipe, dataset } = request;
    mkdirSync(out, { recursive: true });
    const data = readFileSync(dataset, "utf8");
    const checkpoint = join(out, "checkpoint.json");
    const resumedFromStep = existsSync(checkpoint) ? Number(readFileSync(checkpoint, "utf8")) : 0;
    this.begun.push({ out, resumedFromStep });
    for (let step = resumedFromStep + 1; step <= 3; step++) {
      this.#onStep(request, step, this.begun.length);
      if (signal?.aborted) throw new TrainerError("cancelled", { code: "cancelled" });
      writeFileSync(checkpoint, String(step));
      onProgress?.({ phase: "train", step, totalSteps: 3, epoch: step, loss: 1 / step, learningRate: 0.1 });
    }
    writeFileSync(join(out, peftConfigFile), JSON.stringify({ rank: recipe.rank }));
    const weights = JSON.stringify({ share: recipe.rank / 100, seed: recipe.seed, data: hashBytes(data) });
    writeFileSync(join(out, peftWeightsFile), weights);
    const examples = data.split("\n").length - 1;
    return {
      steps: 3,
      resumedFromStep,
      losses: [1, 0.5, 1 / 3],
      examples,
      tooLong: [],
      tokens: 10 * examples,
      learntTokens: examples,
      datasetSha256: hashBytes(data),
      base: { folder: request.base, sha256: hashBytes("base"), ggufSha256: null },
      seed: recipe.seed,
      packages: this.ready.packages,
      device: "cpu",
      seconds: 1,
      adapter: { folder: out, files: [] },
      gguf: null,
      ggufMissing: "not converted",
    };
  }

  async generate(): Promise<GenerateResult> {
    throw new TrainerError("no generate", { code: "method-not-found" });
  }

  async merge(): Promise<MergeResult> {
    throw new TrainerError("no merge", { code: "method-not-found" });
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
