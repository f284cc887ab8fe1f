/** The embedded provider: a GGUF from the model store, run by the llama-cpp engine plugin. */
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
  ModelIdentity,
  NextToken,
  NextTokensOptions,
} from "../../core/chat-model.ts";
import type { Engine, EngineChat, EngineReply } from "../../core/engine.ts";
import { AutomemError, ProviderError } from "../../core/errors.ts";
import type { ModelName } from "../../core/model-name.ts";
import { cancelledFault, refuseUnsupported } from "../chat-call.ts";
import { withRetries } from "../retry.ts";
import type { ModelSettings, ProviderDeps } from "../settings.ts";
import { EngineAdapters } from "./adapters.ts";

const capabilities: ModelCapabilities = {
  overflow: "error",
  seed: true,
  cachedTokens: true,
  streaming: true,
  grammar: "gbnf",
  adapters: "runtime",
};

/** Loads the model. Throws `ProviderError`: `model-missing`, `engine-lost`, `server-error`. */
export async function openLlamaCpp(name: ModelName, settings: ModelSettings, deps: ProviderDeps): Promise<ChatModel> {
  if (name.url !== undefined) {
    throw new ProviderError(`${name.text}: llama-cpp runs on this machine and takes no URL.`, { code: "refused" });
  }
  const record = await deps.modelFiles.find(name.model);
  if (record === undefined) {
    throw new ProviderError(
      `There is no model "${name.model}" on this machine. Bring it with "automem model add ${name.model}", or see "automem model list".`,
      { code: "model-missing", data: { model: name.model } },
    );
  }
  const start = () =>
    deps.startEngine({
      model: record.path,
      contextTokens: settings.contextTokens,
      sequences: settings.sequences,
      ...(settings.threads === undefined ? {} : { threads: settings.threads }),
      ...(settings.gpu === undefined ? {} : { gpu: settings.gpu }),
    });
  const engine = await start();
  const identity: ModelIdentity = {
    name: name.text,
    provider: "llama-cpp",
    digest: record.sha256,
    serverVersion: describeVersion(engine),
    contextTokens: engine.ready.contextTokens,
  };
  return new LlamaCppModel(identity, engine, start, deps);
}

class LlamaCppModel implements ChatModel {
  readonly identity: ModelIdentity;
  readonly capabilities = capabilities;
  readonly adapters: EngineAdapters;
  readonly #start: () => Promise<Engine>;
  readonly #deps: ProviderDeps;
  /** `undefined` after it was lost, until the next call. */
  #engine: Promise<Engine> | undefined;
  #closed = false;

  constructor(identity: ModelIdentity, engine: Engine, start: () => Promise<Engine>, deps: ProviderDeps) {
    this.identity = identity;
    this.#engine = Promise.resolve(engine);
    this.adapters = new EngineAdapters((work) => this.#onEngine(work));
    this.#start = async () => {
      const engine = await start();
      // One that was started anew knows none of them.
      await this.adapters.restore(engine);
      return engine;
    };
    this.#deps = deps;
  }

  /** An engine that died is started anew, at most twice in one call. */
  async chat(messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatReply> {
    refuseUnsupported({ modelName: this.identity.name, options, capabilities });
    if (options.signal?.aborted) throw cancelledFault(this.identity.name);
    const { clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    let shown = false;
    const { onText } = options;
    const request: EngineChat = {
      messages: [...messages],
      sampling: options.sampling,
      cacheKey: options.cacheKey,
      adapter: options.adapter,
      ...(options.grammar?.form === "gbnf" ? { grammar: options.grammar.text } : {}),
    };
    return withRetries(
      () =>
        this.#onEngine(async (engine) => {
          const left = options.timeoutMs - (clock.monotonicMs() - startedMs);
          const reply = await engine.chat(request, {
            timeoutMs: Math.max(1, left),
            signal: options.signal,
            ...(onText === undefined
              ? {}
              : {
                  onText: (piece: string) => {
                    shown = true;
                    onText(piece);
                  },
                }),
          });
          return toReply(reply, this.identity.name);
        }),
      {
        clock,
        random: this.#deps.random,
        signal: options.signal,
        mayRetry: () => !shown && clock.monotonicMs() - startedMs < options.timeoutMs,
      },
    );
  }

  async nextTokens(messages: readonly ChatMessage[], options: NextTokensOptions): Promise<NextToken[]> {
    const { count, cacheKey, adapter, timeoutMs, signal } = options;
    const request = { messages: [...messages], count, cacheKey, adapter };
    const tokens = await this.#onEngine((engine) => engine.nextTokens(request, { timeoutMs, signal }));
    return tokens.map(({ token, logProbability }) => ({ token: String(token), logProbability }));
  }

  async countTokens(messages: readonly ChatMessage[]): Promise<number> {
    return this.#onEngine((engine) => engine.countTokens(messages));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const engine = await this.#engine?.catch(() => undefined);
    await engine?.close();
  }

  /** Runs `work` on the present engine; once that is lost, the next call starts a new one. */
  async #onEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ProviderError(`${this.identity.name} is closed.`, { code: "engine-lost" });
    this.#engine ??= this.#start();
    const present = this.#engine;
    const engine = await present.catch((fault: unknown) => {
      this.#forget(present);
      throw fault;
    });
    try {
      return await work(engine);
    } catch (fault) {
      if (!(fault instanceof AutomemError) || fault.code !== "engine-lost" || this.#closed) throw fault;
      this.#forget(present);
      throw new ProviderError(fault.message, { code: "engine-lost", data: fault.data, cause: fault, retryable: true });
    }
  }

  #forget(engine: Promise<Engine>): void {
    if (this.#engine === engine) this.#engine = undefined;
  }
}

/** The reply of the contract. A cancelled one is no reply. */
export function toReply(reply: EngineReply, modelName: string): ChatReply {
  if (reply.finishReason === "cancelled") throw cancelledFault(modelName);
  const { text, finishReason, usage, timings } = reply;
  return {
    text,
    finishReason,
    usage,
    timings: { totalMs: timings.totalMs, firstTokenMs: timings.firstTokenMs ?? undefined },
  };
}

function describeVersion({ ready }: Engine): string {
  const packages = Object.entries(ready.packages).map(([name, version]) => `${name} ${version}`);
  return [`${ready.name} ${ready.version}`, ...packages].join(", ");
}
