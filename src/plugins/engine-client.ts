/** An engine plugin's process as the `Engine` of src/core/engine.ts. Wire form: docs/protocol.md, kind `engine`. */
import * as v from "valibot";
import type { ChatMessage } from "../core/chat-model.ts";
import {
  type Engine,
  type EngineAdapter,
  type EngineCallOptions,
  type EngineChat,
  type EngineNextTokens,
  EngineReady,
  EngineReply,
  type EngineStart,
  EngineToken,
} from "../core/engine.ts";
import { type FaultDetails, ProviderError } from "../core/errors.ts";
import { protocolVersion } from "./manifest.ts";
import { type Launch, type PluginLimits, PluginProcess, standardLimits } from "./plugin-process.ts";

/** Milliseconds. */
export interface EngineLimits extends PluginLimits {
  tokenizeMs: number;
  /** Adapters are read from disk, and a context is made for each. */
  adapterMs: number;
  /** How long an engine may take to let go of a cancelled reply before it counts as hung and is stopped. */
  cancelGraceMs: number;
}

export const standardEngineLimits: EngineLimits = {
  ...standardLimits,
  tokenizeMs: 30_000,
  adapterMs: 300_000,
  cancelGraceMs: 20_000,
};

export interface EngineStartOptions {
  automemVersion: string;
  limits?: Partial<EngineLimits> | undefined;
}

const ReadyAnswer = v.object({ ...EngineReady.entries, protocolVersion: v.literal(protocolVersion) });
const Piece = v.object({ id: v.number(), text: v.string() });
const TokenCount = v.object({ count: v.pipe(v.number(), v.integer(), v.minValue(0)) });
const OverflowDetail = v.object({ promptTokens: v.nullish(v.number()), contextTokens: v.nullish(v.number()) });
const NextTokens = v.object({ tokens: v.array(EngineToken) });
const Done = v.looseObject({});
const Statistics = v.record(v.string(), v.unknown());

/** Starts an engine with a model and waits until it is loaded. Throws `ProviderError`. */
export async function startEngine(
  launch: Launch,
  start: EngineStart,
  options: EngineStartOptions,
): Promise<EngineClient> {
  const limits = { ...standardEngineLimits, ...options.limits };
  const process = await PluginProcess.start(launch, engineFault, limits);
  try {
    const params = { protocolVersion, automemVersion: options.automemVersion, ...start };
    const during = `start, model ${start.model}`;
    const ready = await process.call("initialize", params, ReadyAnswer, { timeoutMs: limits.startMs, during });
    return new EngineClient(process, ready, limits);
  } catch (cause) {
    await process.close();
    throw cause;
  }
}

export class EngineClient implements Engine {
  readonly ready: EngineReady;
  /** For checks that look below the contract. */
  readonly process: PluginProcess;
  readonly #limits: EngineLimits;
  readonly #listeners = new Map<number, (piece: string) => void>();

  constructor(process: PluginProcess, ready: EngineReady, limits: EngineLimits) {
    this.process = process;
    this.ready = ready;
    this.#limits = limits;
    process.onNotification("chat/token", (params) => {
      const piece = v.safeParse(Piece, params);
      if (piece.success) this.#listeners.get(piece.output.id)?.(piece.output.text);
    });
  }

  /** Pieces reach `onText` in order and before the reply resolves. A `timeout` or `cancelled` call leaves the others running. */
  async chat(request: EngineChat, options: EngineCallOptions): Promise<EngineReply> {
    let id: number | undefined;
    try {
      return await this.process.call("chat", { ...request, stream: options.onText !== undefined }, EngineReply, {
        timeoutMs: options.timeoutMs,
        signal: options.signal,
        cancelGraceMs: this.#limits.cancelGraceMs,
        during: "chat",
        onId: (given) => {
          id = given;
          if (options.onText !== undefined) this.#listeners.set(given, options.onText);
        },
      });
    } finally {
      if (id !== undefined) this.#listeners.delete(id);
    }
  }

  async countTokens(messages: readonly ChatMessage[]): Promise<number> {
    const options = { timeoutMs: this.#limits.tokenizeMs, during: "tokenize" };
    return (await this.process.call("tokenize", { messages }, TokenCount, options)).count;
  }

  async nextTokens(request: EngineNextTokens, options: Omit<EngineCallOptions, "onText">): Promise<EngineToken[]> {
    const { timeoutMs, signal } = options;
    const call = { timeoutMs, signal, cancelGraceMs: this.#limits.cancelGraceMs, during: "nextTokens" };
    return (await this.process.call("nextTokens", request, NextTokens, call)).tokens;
  }

  async loadAdapter(adapter: EngineAdapter): Promise<void> {
    const during = `loadAdapter, ${adapter.path}`;
    await this.process.call("loadAdapter", adapter, Done, { timeoutMs: this.#limits.adapterMs, during });
  }

  async unloadAdapter(id: string): Promise<void> {
    await this.process.call("unloadAdapter", { id }, Done, {
      timeoutMs: this.#limits.adapterMs,
      during: "unloadAdapter",
    });
  }

  /** What the engine counts of itself; keys as in the protocol's `stats`. */
  async stats(): Promise<Record<string, unknown>> {
    return this.process.call("stats", {}, Statistics, { timeoutMs: this.#limits.tokenizeMs, during: "stats" });
  }

  async close(): Promise<void> {
    await this.process.close();
  }
}

/** Names of faults as `ChatModel` documents them. */
export function engineFault(message: string, details: FaultDetails): ProviderError {
  return new ProviderError(message, { ...details, ...providerCode(details) });
}

function providerCode(details: FaultDetails): Partial<FaultDetails> & { code: string } {
  switch (details.data?.rpcCode) {
    case -32004: {
      const detail = v.safeParse(OverflowDetail, details.data.detail);
      return { code: "context-overflow", data: { ...details.data, ...(detail.success ? detail.output : {}) } };
    }
    case -32002:
      return { code: "model-missing" };
    case -32602:
    case -32601:
      return { code: "refused" };
    case undefined:
      break;
    default:
      return { code: "server-error", data: { ...details.data, reason: details.code } };
  }
  // One that hung and had to be stopped is as lost as one that died.
  const hung = details.code === "timeout" && details.data?.stopped === true;
  const lost = hung || ["process-lost", "bad-frame", "cannot-start"].includes(details.code);
  return { code: lost ? "engine-lost" : details.code };
}
