/** A trainer plugin's process as the `Trainer` of src/core/trainer.ts. Wire form: docs/protocol.md, kind `trainer`. */
import * as v from "valibot";
import { type FaultDetails, TrainerError } from "../core/errors.ts";
import {
  type GenerateRequest,
  GenerateResult,
  type MergeRequest,
  MergeResult,
  type Trainer,
  TrainerReady,
  type TrainOptions,
  TrainProgress,
  type TrainRequest,
  TrainResult,
} from "../core/trainer.ts";
import { protocolVersion } from "./manifest.ts";
import { type Launch, type PluginLimits, PluginProcess, standardLimits } from "./plugin-process.ts";

/** Milliseconds. */
export interface TrainerLimits extends PluginLimits {
  /** How long a trainer may take to end a cancelled training, with a checkpoint after the step under way. */
  cancelGraceMs: number;
}

export const standardTrainerLimits: TrainerLimits = { ...standardLimits, cancelGraceMs: 90_000 };

export interface TrainerStartOptions {
  automemVersion: string;
  limits?: Partial<TrainerLimits> | undefined;
}

const ReadyAnswer = v.object({ ...TrainerReady.entries, protocolVersion: v.literal(protocolVersion) });

/** Starts a trainer and waits until it is ready. Throws `TrainerError`. */
export async function startTrainer(launch: Launch, options: TrainerStartOptions): Promise<TrainerClient> {
  const limits = { ...standardTrainerLimits, ...options.limits };
  const process = await PluginProcess.start(launch, trainerFault, limits);
  try {
    const params = { protocolVersion, automemVersion: options.automemVersion };
    const answer = { timeoutMs: limits.startMs, during: "start" };
    return new TrainerClient(process, await process.call("initialize", params, ReadyAnswer, answer), limits);
  } catch (cause) {
    await process.close();
    throw cause;
  }
}

export class TrainerClient implements Trainer {
  readonly ready: TrainerReady;
  /** For checks that look below the contract. */
  readonly process: PluginProcess;
  readonly #limits: TrainerLimits;
  #busy = false;
  #onProgress: TrainOptions["onProgress"];
  #badProgress: string | undefined;

  constructor(process: PluginProcess, ready: TrainerReady, limits: TrainerLimits) {
    this.process = process;
    this.ready = ready;
    this.#limits = limits;
    process.onNotification("train/progress", (params) => {
      const progress = v.safeParse(TrainProgress, params);
      if (progress.success) this.#onProgress?.(progress.output);
      else this.#badProgress ??= progress.issues[0].message;
    });
  }

  /** Progress comes in order and before the result. A progress that does not fit the protocol fails the training with `bad-response`. */
  async train(request: TrainRequest, options: TrainOptions): Promise<TrainResult> {
    return this.#alone(async () => {
      this.#onProgress = options.onProgress;
      this.#badProgress = undefined;
      const result = await this.#call("train", request, TrainResult, options, `training on ${request.dataset}`);
      if (this.#badProgress === undefined) return result;
      throw trainerFault(
        `${this.process.name} plugin sent a progress that the protocol does not allow: ${this.#badProgress}`,
        { code: "bad-response" },
      );
    });
  }

  async generate(request: GenerateRequest, options: Omit<TrainOptions, "onProgress">): Promise<GenerateResult> {
    return this.#alone(async () => {
      const during = `generating with ${request.adapter ?? request.base}`;
      const result = await this.#call("generate", request, GenerateResult, options, during);
      if (result.replies.length === request.prompts.length) return result;
      throw trainerFault(
        `${this.process.name} plugin gave ${result.replies.length} replies to ${request.prompts.length} prompts.`,
        { code: "bad-response" },
      );
    });
  }

  /** The base with the adapter's changes added to its weights, for programs that load no adapters. Not each trainer can: `method-not-found`. */
  async merge(request: MergeRequest, options: Omit<TrainOptions, "onProgress">): Promise<MergeResult> {
    const during = `merging ${request.adapter} into ${request.base}`;
    return this.#alone(() => this.#call("merge", request, MergeResult, options, during));
  }

  #call<Schema extends v.GenericSchema>(
    method: string,
    params: object,
    schema: Schema,
    { timeoutMs, signal }: Omit<TrainOptions, "onProgress">,
    during: string,
  ): Promise<v.InferOutput<Schema>> {
    const cancelGraceMs = this.#limits.cancelGraceMs;
    return this.process.call(method, params, schema, { timeoutMs, signal, cancelGraceMs, during });
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      throw trainerFault(`${this.process.name} plugin is at work already; wait for it or cancel it.`, { code: "busy" });
    }
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
      this.#onProgress = undefined;
    }
  }

  async close(): Promise<void> {
    await this.process.close();
  }
}

/** Names of faults as `Trainer` documents them. */
export function trainerFault(message: string, details: FaultDetails): TrainerError {
  const hung = details.code === "timeout" && details.data?.stopped === true;
  const lost = hung || ["process-lost", "bad-frame", "cannot-start"].includes(details.code);
  return new TrainerError(message, lost ? { ...details, code: "trainer-lost" } : details);
}
