/**
 * One GGUF model in memory: a context with several sequences, each with its own prefix cache.
 * Facts behind the choices: `adaptStateToTokens` shifts tokens and is not safe for prefix reuse, so the common prefix is computed here; a
 * context that overflows would drop the head silently, so tokens are counted first and the shift strategy throws.
 */
import { basename } from "node:path";
import type { LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel, Token } from "node-llama-cpp";
import { type BatchMember, inTurns } from "./batch-turns.ts";
import { createTemplate } from "./chat-template.ts";
import { CONTEXT_OVERFLOW, ENGINE_FAILED, EngineFault, INVALID_PARAMS } from "./faults.ts";
import { GrammarCache } from "./grammar-cache.ts";
import { type Lane, Lanes } from "./lanes.ts";
import { createLog, defaultThreads, readVocabulary, startLlama } from "./llama-runtime.ts";
import { checkModelFile } from "./model-file.ts";
import type { ChatParams, InitializeParams, Message, NextTokensParams, Sampling } from "./params.ts";
import { promptTokens, type RenderTemplate, type Vocabulary } from "./prompt.ts";
import { evaluateAllButLast, keepCommonPrefix } from "./read-prompt.ts";
import { createStopFilter, createTokenDecoder } from "./reply-text.ts";
import type { Slot } from "./sequence-pool.ts";

export interface ChatHooks {
  isCancelled: () => boolean;
  /** Resolves when the call is cancelled. */
  cancelled: Promise<void>;
  onText: (piece: string) => void;
}

export interface ChatResult {
  text: string;
  finishReason: "stop" | "length" | "cancelled";
  usage: { promptTokens: number; cachedTokens: number; generatedTokens: number };
  timings: { firstTokenMs: number | null; totalMs: number };
}

/** What one reply is made with. */
interface Held {
  sampling: Sampling;
  /** Of this reply alone. */
  grammar: LlamaGrammarEvaluationState | undefined;
  member: BatchMember;
}

export class EngineModel {
  readonly contextTokens: number;
  readonly #model: LlamaModel;
  readonly #render: RenderTemplate;
  readonly #vocabulary: Vocabulary;
  readonly #grammars: GrammarCache;
  /** The base's context and those of the adapters. */
  readonly lanes: Lanes;
  readonly #totals = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };

  private constructor(model: LlamaModel, lanes: Lanes, contextTokens: number, grammars: GrammarCache) {
    this.contextTokens = contextTokens;
    this.#model = model;
    this.#grammars = grammars;
    this.lanes = lanes;
    this.#vocabulary = readVocabulary(model);
    this.#render = createTemplate(
      model.fileInfo.metadata.tokenizer?.chat_template,
      model.filename ?? "the model file",
      {
        beginText: model.tokens.bosString,
        endText: model.tokens.eosString,
      },
    );
  }

  /** Loads the weights and makes the context. Throws `EngineFault`. */
  static async load(params: InitializeParams): Promise<EngineModel> {
    await checkModelFile(params.model);
    const log = createLog();
    try {
      const threads = params.threads ?? defaultThreads();
      const llama = await startLlama(threads, params.gpu ?? undefined, log.write);
      const model = await llama.loadModel({
        modelPath: params.model,
        ...(llama.gpu === false || params.gpu === false ? { gpuLayers: 0 } : {}),
      });
      checkContext(params, model);
      const context = {
        contextSize: params.contextTokens,
        sequences: params.sequences,
        threads,
        swaFullCache: true,
        failedCreationRemedy: false,
      } as const;
      const lanes = await Lanes.open(model, { sequences: params.sequences, context }, log);
      return new EngineModel(model, lanes, params.contextTokens, new GrammarCache(llama, model, log));
    } catch (cause) {
      if (cause instanceof EngineFault) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const said = log.lines.length === 0 ? "" : ` llama.cpp said: ${log.lines.join(" | ")}.`;
      throw new EngineFault(
        ENGINE_FAILED,
        "load-failed",
        `Cannot load ${params.model}: ${reason}.${said} If the file was cut short, remove it and add the model again; if memory is short, use a smaller context or fewer sequences.`,
      );
    }
  }

  /** The name in the file, or the file's own. */
  get modelName(): string {
    return this.#model.fileInfo.metadata.general?.name ?? basename(this.#model.filename ?? "model", ".gguf");
  }

  get trainContextTokens(): number {
    return this.#model.trainContextSize;
  }

  countMessages(messages: readonly Message[]): number {
    return promptTokens(messages, this.#render, this.#vocabulary).length;
  }

  countText(text: string): number {
    return this.#vocabulary.tokenize(text).length;
  }

  async stats(): Promise<Record<string, number>> {
    return {
      sequences: this.lanes.base.pool.size,
      adapters: this.lanes.adapters.length,
      residentBytes: process.memoryUsage.rss(),
      evaluations: await this.lanes.rounds(),
      ...this.#totals,
    };
  }

  /** One reply. Calls may overlap; each has a sequence of its own. Throws `EngineFault`. */
  async chat(params: ChatParams, hooks: ChatHooks): Promise<ChatResult> {
    const startedMs = performance.now();
    const prompt = promptTokens(params.messages, this.#render, this.#vocabulary) as Token[];
    this.#checkFits(prompt.length, params.sampling.maxTokens);
    const grammar = params.grammar == null ? undefined : await this.#grammars.begin(params.grammar);
    const reply = await this.#inSequence(params, hooks, (sequence, member) =>
      this.#generate(sequence, prompt, { sampling: params.sampling, grammar, member }, hooks, startedMs),
    );
    if (reply !== undefined) return reply;
    const usage = { promptTokens: prompt.length, cachedTokens: 0, generatedTokens: 0 };
    return {
      text: "",
      finishReason: "cancelled",
      usage,
      timings: { firstTokenMs: null, totalMs: performance.now() - startedMs },
    };
  }

  /** The likeliest tokens that a reply could begin with, by the model's own distribution. `undefined` after a cancel. */
  async nextTokens(
    params: NextTokensParams,
    hooks: Omit<ChatHooks, "onText">,
  ): Promise<{ token: number; text: string; logProbability: number }[] | undefined> {
    const prompt = promptTokens(params.messages, this.#render, this.#vocabulary) as Token[];
    this.#checkFits(prompt.length, 1);
    const found = await this.#inSequence(params, hooks, async (sequence, member) => {
      const { rest } = await keepCommonPrefix(sequence, prompt);
      const last = await evaluateAllButLast(sequence, rest, member, hooks.isCancelled);
      if (last === undefined) return undefined;
      const end = last.at(-1)!;
      await member.turn();
      const asked = {
        probabilities: true,
        options: samplingOptions({ temperature: 1, maxTokens: 1 }, undefined),
      } as const;
      const outputs = await sequence.controlledEvaluate([...last.slice(0, -1), [end, { generateNext: asked }]]);
      return outputs.at(-1)?.next.probabilities;
    });
    if (found === undefined) return undefined;
    return [...found].slice(0, params.count).map(([token, probability]) => ({
      token,
      text: this.#model.detokenize([token], true),
      logProbability: Math.log(probability),
    }));
  }

  /** `undefined` if the call was cancelled while all sequences were busy. What `work` leaves behind when it throws is dropped. */
  async #inSequence<T>(
    { cacheKey, adapter }: Pick<ChatParams, "cacheKey" | "adapter">,
    hooks: Omit<ChatHooks, "onText">,
    work: (sequence: LlamaContextSequence, member: BatchMember) => Promise<T>,
  ): Promise<T | undefined> {
    const lane = await this.lanes.enter(adapter ?? undefined);
    try {
      const slot = await acquire(lane, cacheKey ?? undefined, hooks);
      if (slot === undefined) return undefined;
      const member = lane.turns.join();
      try {
        return await work(slot.sequence, member);
      } catch (cause) {
        // What the sequence holds is not known any more.
        await slot.sequence.clearHistory();
        throw cause;
      } finally {
        member.leave();
        lane.pool.release(slot);
      }
    } finally {
      lane.leave();
    }
  }

  #checkFits(promptCount: number, maxTokens: number): void {
    if (promptCount + maxTokens <= this.contextTokens) return;
    throw new EngineFault(
      CONTEXT_OVERFLOW,
      "context-overflow",
      `The prompt has ${promptCount} tokens and the reply may take ${maxTokens}, together more than the context of ${this.contextTokens}. Use a larger context, a shorter prompt or fewer tokens for the reply.`,
      { promptTokens: promptCount, contextTokens: this.contextTokens },
    );
  }

  async #generate(
    sequence: LlamaContextSequence,
    prompt: Token[],
    { sampling, grammar, member }: Held,
    hooks: ChatHooks,
    startedMs: number,
  ): Promise<ChatResult> {
    const { rest, cachedTokens } = await keepCommonPrefix(sequence, prompt);
    const last = await evaluateAllButLast(sequence, rest, member, hooks.isCancelled);
    const decoder = createTokenDecoder((tokens, recent) =>
      this.#model.detokenize(tokens as Token[], false, recent as Token[]),
    );
    const stops = createStopFilter(sampling.stop ?? []);
    let text = "";
    let generatedTokens = 0;
    let firstTokenMs: number | null = null;
    let finishReason: ChatResult["finishReason"] = "stop";
    const show = (piece: string): boolean => {
      const { emit, stopped } = stops.push(piece);
      if (emit !== "") hooks.onText(emit);
      text += emit;
      return stopped;
    };
    let stopped = false;
    if (last === undefined) finishReason = "cancelled";
    else {
      for await (const token of inTurns(member, sequence.evaluate(last, samplingOptions(sampling, grammar)))) {
        firstTokenMs ??= performance.now() - startedMs;
        generatedTokens += 1;
        stopped = show(decoder.push(token));
        if (stopped) break;
        if (hooks.isCancelled()) finishReason = "cancelled";
        else if (generatedTokens >= sampling.maxTokens) finishReason = "length";
        else continue;
        break;
      }
      // Bytes that are left of a reply cut by the limit are the beginning of a character, not text.
      if (finishReason !== "length") stopped ||= show(decoder.end());
      const held = stopped ? "" : stops.end();
      if (held !== "") hooks.onText(held);
      text += held;
      if (stopped) finishReason = "stop";
    }
    this.#totals.promptTokens += prompt.length;
    this.#totals.cachedTokens += cachedTokens;
    this.#totals.generatedTokens += generatedTokens;
    const usage = { promptTokens: prompt.length, cachedTokens, generatedTokens };
    return { text, finishReason, usage, timings: { firstTokenMs, totalMs: performance.now() - startedMs } };
  }
}

/** `undefined` if the call was cancelled while all sequences were busy. */
async function acquire(
  { pool }: Lane,
  key: string | undefined,
  hooks: Pick<ChatHooks, "cancelled">,
): Promise<Slot<LlamaContextSequence> | undefined> {
  const waiting = pool.acquire(key);
  const first = await Promise.race([waiting, hooks.cancelled.then(() => undefined)]);
  // A slot that comes too late goes straight back; the lane may be closed by then, which does it no harm.
  if (first === undefined) void waiting.then((slot) => pool.release(slot));
  return first;
}

/** What was not asked for is off: no hidden top-k or top-p. */
function samplingOptions(
  { temperature, topK, topP, minP, seed }: Sampling,
  grammar: LlamaGrammarEvaluationState | undefined,
) {
  return {
    temperature,
    topK: topK ?? 0,
    topP: topP ?? 1,
    minP: minP ?? 0,
    // Without one llama.cpp's binding takes the clock in whole seconds, and replies of the same second would share it.
    seed: seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
    ...(grammar === undefined ? {} : { grammarEvaluationState: grammar }),
  };
}

function checkContext(params: InitializeParams, model: LlamaModel): void {
  if (params.contextTokens <= model.trainContextSize) return;
  throw new EngineFault(
    INVALID_PARAMS,
    "context-too-large",
    `${basename(params.model)} was trained on contexts of ${model.trainContextSize} tokens; ${params.contextTokens} were asked for. Ask for ${model.trainContextSize} or fewer.`,
  );
}
