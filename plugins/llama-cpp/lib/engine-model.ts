/**
 * One GGUF model in memory: a context with several sequences, each with its own prefix cache.
 * Facts behind the choices: `adaptStateToTokens` shifts tokens and is not safe for prefix reuse, so the common prefix is computed here; a
 * context that overflows would drop the head silently, so tokens are counted first and the shift strategy throws.
 */
import { basename } from "node:path";
import type { LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel, Token } from "node-llama-cpp";
import { type BatchMember, BatchTurns, inTurns } from "./batch-turns.ts";
import { createTemplate } from "./chat-template.ts";
import { CONTEXT_OVERFLOW, ENGINE_FAILED, EngineFault, INVALID_PARAMS } from "./faults.ts";
import { GrammarCache } from "./grammar-cache.ts";
import { createLog, defaultThreads, readVocabulary, startLlama } from "./llama-runtime.ts";
import { checkModelFile } from "./model-file.ts";
import type { ChatParams, InitializeParams, Message, Sampling } from "./params.ts";
import { promptTokens, type RenderTemplate, type Vocabulary } from "./prompt.ts";
import { createStopFilter, createTokenDecoder } from "./reply-text.ts";
import { SequencePool, type Slot } from "./sequence-pool.ts";

/** Prompt tokens evaluated between two looks at the cancel flag. */
const PROMPT_CHUNK_TOKENS = 128;

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
  readonly #pool: SequencePool<LlamaContextSequence>;
  readonly #grammars: GrammarCache;
  readonly #turns = new BatchTurns();
  readonly #totals = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };

  private constructor(
    model: LlamaModel,
    sequences: LlamaContextSequence[],
    contextTokens: number,
    grammars: GrammarCache,
  ) {
    this.contextTokens = contextTokens;
    this.#model = model;
    this.#grammars = grammars;
    this.#pool = new SequencePool(sequences);
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
      const context = await model.createContext({
        contextSize: params.contextTokens,
        sequences: params.sequences,
        threads,
        swaFullCache: true,
        failedCreationRemedy: false,
      });
      const sequences = Array.from({ length: params.sequences }, () =>
        context.getSequence({ contextShift: { strategy: refuseShift } }),
      );
      return new EngineModel(model, sequences, params.contextTokens, new GrammarCache(llama, model, log));
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

  stats(): Record<string, number> {
    const { rounds } = this.#turns;
    return {
      sequences: this.#pool.size,
      residentBytes: process.memoryUsage.rss(),
      evaluations: rounds,
      ...this.#totals,
    };
  }

  /** One reply. Calls may overlap; each has a sequence of its own. Throws `EngineFault`. */
  async chat(params: ChatParams, hooks: ChatHooks): Promise<ChatResult> {
    const startedMs = performance.now();
    const prompt = promptTokens(params.messages, this.#render, this.#vocabulary) as Token[];
    this.#checkFits(prompt.length, params.sampling.maxTokens);
    const grammar = params.grammar == null ? undefined : await this.#grammars.begin(params.grammar);
    const slot = await this.#acquire(params.cacheKey ?? undefined, hooks);
    if (slot === undefined) {
      const usage = { promptTokens: prompt.length, cachedTokens: 0, generatedTokens: 0 };
      const timings = { firstTokenMs: null, totalMs: performance.now() - startedMs };
      return { text: "", finishReason: "cancelled", usage, timings };
    }
    const member = this.#turns.join();
    try {
      const held = { sampling: params.sampling, grammar, member };
      return await this.#generate(slot.sequence, prompt, held, hooks, startedMs);
    } catch (cause) {
      // What the sequence holds is not known any more.
      await slot.sequence.clearHistory();
      throw cause;
    } finally {
      member.leave();
      this.#pool.release(slot);
    }
  }

  /** `undefined` if the call was cancelled while all sequences were busy. */
  async #acquire(key: string | undefined, hooks: ChatHooks): Promise<Slot<LlamaContextSequence> | undefined> {
    const waiting = this.#pool.acquire(key);
    const first = await Promise.race([waiting, hooks.cancelled.then(() => undefined)]);
    if (first === undefined) void waiting.then((slot) => this.#pool.release(slot));
    return first;
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
    const last = await evaluateAllButLast(sequence, rest, member, hooks);
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

/**
 * Drops from the sequence all that `prompt` does not begin with. `rest` are the tokens still to be evaluated, at least one.
 * A recurrent model cannot drop its last tokens and evaluates the kept ones anew; those are not counted as cached.
 */
async function keepCommonPrefix(
  sequence: LlamaContextSequence,
  prompt: Token[],
): Promise<{ rest: Token[]; cachedTokens: number }> {
  const held = sequence.contextTokens;
  const limit = Math.min(held.length, prompt.length - 1);
  let common = 0;
  while (common < limit && held[common] === prompt[common]) common += 1;
  const inputBefore = sequence.tokenMeter.usedInputTokens;
  if (common < held.length) await sequence.eraseContextTokenRanges([{ start: common, end: held.length }]);
  const reevaluated = sequence.tokenMeter.usedInputTokens - inputBefore;
  return { rest: prompt.slice(common), cachedTokens: Math.max(0, common - reevaluated) };
}

/** Evaluates in chunks so that a cancel is seen. Returns the last chunk, to generate from; `undefined` after a cancel. */
async function evaluateAllButLast(
  sequence: LlamaContextSequence,
  tokens: Token[],
  member: BatchMember,
  hooks: ChatHooks,
): Promise<Token[] | undefined> {
  let rest = tokens;
  while (!hooks.isCancelled()) {
    if (rest.length <= PROMPT_CHUNK_TOKENS) return rest;
    await member.turn();
    await sequence.evaluateWithoutGeneratingNewTokens(rest.slice(0, PROMPT_CHUNK_TOKENS));
    rest = rest.slice(PROMPT_CHUNK_TOKENS);
  }
  return undefined;
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

function refuseShift(): never {
  throw new EngineFault(
    ENGINE_FAILED,
    "context-shift",
    "llama.cpp wanted to drop the head of the prompt; this is a bug of the plugin.",
  );
}

function checkContext(params: InitializeParams, model: LlamaModel): void {
  if (params.contextTokens <= model.trainContextSize) return;
  throw new EngineFault(
    INVALID_PARAMS,
    "context-too-large",
    `${basename(params.model)} was trained on contexts of ${model.trainContextSize} tokens; ${params.contextTokens} were asked for. Ask for ${model.trainContextSize} or fewer.`,
  );
}
