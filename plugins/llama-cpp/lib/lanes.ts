/**
 * The contexts over one set of weights: the base's, and one for each loaded adapter. Each has sequences of its own, so no prefix that was read
 * under one adapter can answer under another.
 * node-llama-cpp keeps adapters by their path for as long as the model lives, so for this process a path, like a name, stands for the same
 * bytes for ever: other bytes are refused.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { LlamaContext, LlamaContextOptions, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { BatchTurns } from "./batch-turns.ts";
import { ENGINE_FAILED, EngineFault, INVALID_PARAMS, MISSING } from "./faults.ts";
import type { EngineLog } from "./llama-runtime.ts";
import type { LoadAdapterParams } from "./params.ts";
import { SequencePool } from "./sequence-pool.ts";
import { sampleOneByOne } from "./serial-sampling.ts";

export interface Lane {
  pool: SequencePool<LlamaContextSequence>;
  turns: BatchTurns;
  /** A call ended; see `Lanes.enter`. */
  leave(): void;
}

class OwnLane implements Lane {
  readonly pool: SequencePool<LlamaContextSequence>;
  readonly turns = new BatchTurns();
  readonly #context: LlamaContext;
  #calls = 0;
  #whenIdle: (() => void) | undefined;

  constructor(context: LlamaContext, sequences: number) {
    this.#context = context;
    sampleOneByOne(context);
    const all = Array.from({ length: sequences }, () =>
      context.getSequence({ contextShift: { strategy: refuseShift } }),
    );
    this.pool = new SequencePool(all);
  }

  enter(): this {
    this.#calls += 1;
    return this;
  }

  leave(): void {
    this.#calls -= 1;
    if (this.#calls === 0) this.#whenIdle?.();
  }

  /** Waits for the calls under way; no other may enter any more. */
  async close(): Promise<void> {
    if (this.#calls > 0) {
      await new Promise<void>((idle) => {
        this.#whenIdle = idle;
      });
    }
    await this.#context.dispose();
  }
}

export interface LaneSettings {
  sequences: number;
  context: LlamaContextOptions;
}

export class Lanes {
  readonly base: Lane;
  readonly #base: OwnLane;
  readonly #model: LlamaModel;
  readonly #settings: LaneSettings;
  readonly #log: EngineLog;
  readonly #adapters = new Map<string, Promise<OwnLane>>();
  /** SHA-256 by name and by path, for as long as the process lives. */
  readonly #bytesOf = new Map<string, string>();
  #closedRounds = 0;

  private constructor(model: LlamaModel, base: OwnLane, settings: LaneSettings, log: EngineLog) {
    this.#model = model;
    this.#base = base;
    this.base = base;
    this.#settings = settings;
    this.#log = log;
  }

  static async open(model: LlamaModel, settings: LaneSettings, log: EngineLog): Promise<Lanes> {
    const context = await model.createContext(settings.context);
    return new Lanes(model, new OwnLane(context, settings.sequences), settings, log);
  }

  /** Names of the loaded adapters, sorted. */
  get adapters(): string[] {
    return [...this.#adapters.keys()].sort();
  }

  /** Evaluations in all contexts, those of unloaded adapters included. */
  async rounds(): Promise<number> {
    const lanes = await Promise.all(this.#adapters.values());
    return lanes.reduce((sum, { turns }) => sum + turns.rounds, this.base.turns.rounds + this.#closedRounds);
  }

  /** The lane of an adapter, or of the base; `leave` it in the end. Throws `EngineFault` `unknown-adapter`. */
  async enter(adapter: string | undefined): Promise<Lane> {
    if (adapter === undefined) return this.#base.enter();
    const loading = this.#adapters.get(adapter);
    if (loading === undefined) {
      throw new EngineFault(
        INVALID_PARAMS,
        "unknown-adapter",
        `There is no adapter ${adapter.slice(0, 12)}; loaded are: ${this.adapters.map((id) => id.slice(0, 12)).join(", ") || "none"}. Load it first.`,
      );
    }
    const lane = await loading;
    // It may have been unloaded meanwhile.
    return this.#adapters.get(adapter) === loading ? lane.enter() : this.enter(adapter);
  }

  /** Loading one that is loaded changes nothing. Throws `EngineFault`: `no-file`, `wrong-hash`, `adapter-taken`, `bad-adapter`. */
  async load({ id, path, sha256 }: LoadAdapterParams): Promise<void> {
    const full = resolve(path);
    const found = await hashOf(full);
    if (found !== sha256) {
      throw new EngineFault(
        INVALID_PARAMS,
        "wrong-hash",
        `loadAdapter: ${full} has SHA-256 ${found}, not ${sha256}. Write the adapter's file again.`,
      );
    }
    for (const key of [`name ${id}`, `path ${full}`]) {
      const held = this.#bytesOf.get(key) ?? sha256;
      if (held === sha256) continue;
      throw new EngineFault(
        INVALID_PARAMS,
        "adapter-taken",
        `loadAdapter: other weights (SHA-256 ${held.slice(0, 12)}) were loaded under ${key} before. Name each adapter, and its path, by its content.`,
      );
    }
    this.#bytesOf.set(`name ${id}`, sha256).set(`path ${full}`, sha256);
    const loading = this.#adapters.get(id) ?? this.#open(full);
    this.#adapters.set(id, loading);
    try {
      await loading;
    } catch (cause) {
      if (this.#adapters.get(id) === loading) this.#adapters.delete(id);
      throw cause;
    }
  }

  /** Calls under way end first, new ones are refused at once. */
  async unload(id: string): Promise<void> {
    const loading = this.#adapters.get(id);
    if (loading === undefined) return;
    this.#adapters.delete(id);
    const lane = await loading;
    await lane.close();
    this.#closedRounds += lane.turns.rounds;
  }

  async #open(path: string): Promise<OwnLane> {
    let context: LlamaContext | undefined;
    let reason = "";
    const said = await this.#log.during(async () => {
      try {
        context = await this.#model.createContext({ ...this.#settings.context, lora: path });
      } catch (cause) {
        reason = cause instanceof Error ? cause.message : String(cause);
      }
    });
    if (context !== undefined) return new OwnLane(context, this.#settings.sequences);
    const details = said.length === 0 ? "" : ` llama.cpp said: ${said.join(" | ")}.`;
    throw new EngineFault(
      INVALID_PARAMS,
      "bad-adapter",
      `loadAdapter: ${path} cannot be used: ${reason}.${details} Was it made for this model? If memory is short, use a smaller context.`,
    );
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineFault(MISSING, "no-file", `loadAdapter: ${path} cannot be read: ${reason}.`);
  }
  return hash.digest("hex");
}

function refuseShift(): never {
  throw new EngineFault(
    ENGINE_FAILED,
    "context-shift",
    "llama.cpp wanted to drop the head of the prompt; this is a bug of the plugin.",
  );
}
