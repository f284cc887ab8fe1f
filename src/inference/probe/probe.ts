/** Asks a model a few small questions, and one that is too long, to find out what it can do. A dozen calls, some 400 tokens of reply. */
import type { ChatMessage, ChatModel, ChatOptions, ChatReply, Sampling } from "../../core/chat-model.ts";
import { AutomemError } from "../../core/errors.ts";
import type { ReplyGrammar } from "../../core/grammar.ts";
import type { ProbeFacts, ProbeFault } from "./facts.ts";

export interface ProbeOptions {
  /** For each call. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Differs from probe to probe, so that no server still knows the prompts of an earlier one. */
  nonce: string;
  /** Told before each step. */
  onStep?: ((step: string) => void) | undefined;
}

/** Of the long prompt; half of a small context. */
const LONG_PROMPT_TOKENS = 600;
const STORY_TOKENS = 64;
const SEEDED_TOKENS = 24;
/** A longer one would be too much to send, and to pay for where a server cuts it and answers. */
const LONGEST_OVERFLOW_CONTEXT = 32_768;

const GRAMMARS: Record<ReplyGrammar["form"], { grammar: ReplyGrammar; keeps: (text: string) => boolean }> = {
  gbnf: {
    grammar: { form: "gbnf", text: 'root ::= "ACTION " ("north" | "south")' },
    keeps: (text) => /^ACTION (north|south)$/.test(text.trim()),
  },
  "json-schema": {
    grammar: {
      form: "json-schema",
      schema: {
        type: "object",
        properties: { action: { type: "string", enum: ["north", "south"] } },
        required: ["action"],
        additionalProperties: false,
      },
    },
    keeps: (text) => /^\{\s*"action"\s*:\s*"(north|south)"\s*\}$/.test(text.trim()),
  },
};

/** A step that fails is a fact; only a cancellation is thrown. */
export async function probeModel(model: ChatModel, options: ProbeOptions): Promise<ProbeFacts> {
  const probe = new Probe(model, options);
  const facts: ProbeFacts = {
    identity: model.identity,
    capabilities: model.capabilities,
    answered: await probe.step("first call", () => probe.firstCall()),
  };
  if ("fault" in facts.answered) return facts;
  facts.speed = await probe.step("speed", () => probe.speed());
  facts.streamedPieces = probe.pieces;
  facts.prefix = await probe.step("prefix cache", () => probe.prefix());
  facts.seed = await probe.step("seed", () => probe.seed());
  const { grammar } = model.capabilities;
  if (grammar !== "none") facts.grammar = await probe.step("grammar", () => probe.grammar(GRAMMARS[grammar]));
  facts.counting = await probe.step("token count", () => probe.counting());
  facts.overflow = await probe.step("overflow", () => probe.overflow());
  const { adapters } = model;
  if (adapters !== undefined) facts.loadedAdapters = await probe.step("adapters", () => adapters.loaded());
  return facts;
}

class Probe {
  /** Pieces in which the last story came. */
  pieces = 0;
  readonly #model: ChatModel;
  readonly #options: ProbeOptions;

  constructor(model: ChatModel, options: ProbeOptions) {
    this.#model = model;
    this.#options = options;
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T | { fault: ProbeFault }> {
    this.#options.onStep?.(name);
    this.#options.signal.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      this.#options.signal.throwIfAborted();
      if (!(cause instanceof AutomemError) || cause.code === "cancelled") throw cause;
      return { fault: { code: cause.code, message: cause.message } };
    }
  }

  async firstCall(): Promise<{ totalMs: number }> {
    const { timings } = await this.#ask(user("Say hello."), { maxTokens: 8 });
    return { totalMs: timings.totalMs };
  }

  /** Prompt tokens that were not cached, by the time to the first token; generated ones by the time after it. */
  async speed(): Promise<{ promptTokensPerSecond?: number; generatedTokensPerSecond?: number }> {
    const read = await this.#ask(this.#longPrompt("speed"), { maxTokens: 1 });
    this.pieces = 0;
    const told = await this.#ask(
      user("Tell a long story about the sea."),
      { maxTokens: STORY_TOKENS },
      undefined,
      () => {
        this.pieces += 1;
      },
    );
    const evaluated = minus(read.usage.promptTokens, read.usage.cachedTokens ?? 0);
    const generated = minus(told.usage.generatedTokens, 1);
    return {
      ...perSecond("promptTokensPerSecond", evaluated, read.timings.firstTokenMs ?? read.timings.totalMs),
      ...perSecond("generatedTokensPerSecond", generated, minus(told.timings.totalMs, told.timings.firstTokenMs)),
    };
  }

  async prefix() {
    const cacheKey = "probe/prefix";
    const prompt = this.#longPrompt("prefix");
    const first = await this.#ask(prompt, { maxTokens: 8 }, cacheKey);
    const before = await this.#model.cacheTotals?.();
    const next: ChatMessage[] = [...prompt, { role: "assistant", content: first.text || "Yes." }, ...user("Go on.")];
    const second = await this.#ask(next, { maxTokens: 1 }, cacheKey);
    const after = await this.#model.cacheTotals?.();
    // The server's totals count all its callers; here they are only asked where it does not say for each call.
    const cachedTokens = second.usage.cachedTokens ?? minus(after?.foundTokens, before?.foundTokens);
    return {
      ...defined("promptTokens", second.usage.promptTokens),
      ...defined("cachedTokens", cachedTokens),
      ...defined("firstTokenMs", first.timings.firstTokenMs),
      ...defined("repeatedFirstTokenMs", second.timings.firstTokenMs),
    };
  }

  async seed(): Promise<{ sameTwice: boolean; otherDiffers: boolean }> {
    const say = async (seed: number): Promise<string> => {
      const sampling = { temperature: 1, maxTokens: SEEDED_TOKENS, seed };
      return (await this.#ask(user("Invent a name for a ship, and say why."), sampling, "probe/seed")).text;
    };
    // The first call only brings the cache into the state in which the others find it.
    await say(1);
    const texts = [await say(7), await say(7), await say(8)];
    return { sameTwice: texts[0] === texts[1], otherDiffers: texts[1] !== texts[2] };
  }

  async grammar({ grammar, keeps }: (typeof GRAMMARS)["gbnf"]): Promise<{ text: string; kept: boolean }> {
    const question = user("Which way do you go? Answer with an action: north or south.");
    const reply = await this.#model.chat(question, { ...this.#callOptions({ maxTokens: 24 }), grammar });
    return { text: reply.text.slice(0, 200), kept: keeps(reply.text) };
  }

  async counting(): Promise<{ counted?: number; reported?: number }> {
    const question = user("What is the capital of France?");
    const counted = await this.#model.countTokens(question);
    const { usage } = await this.#ask(question, { maxTokens: 1 });
    return { ...defined("counted", counted), ...defined("reported", usage.promptTokens) };
  }

  async overflow(): Promise<"refused" | "answered" | "skipped"> {
    const { contextTokens } = this.#model.identity;
    if (contextTokens === undefined || contextTokens > LONGEST_OVERFLOW_CONTEXT) return "skipped";
    try {
      await this.#ask(user("sea and wind ".repeat(contextTokens)), { maxTokens: 1 });
      return "answered";
    } catch (fault) {
      if (fault instanceof AutomemError && fault.code === "context-overflow") return "refused";
      throw fault;
    }
  }

  #longPrompt(purpose: string): ChatMessage[] {
    const tokens = Math.min(LONG_PROMPT_TOKENS, (this.#model.identity.contextTokens ?? LONG_PROMPT_TOKENS * 4) / 4);
    const line = "The keeper of the light counts the ships before the storm. ";
    const lines = line.repeat(Math.max(1, Math.floor(tokens / 14)));
    return user(`${this.#options.nonce} ${purpose}. ${lines}How many ships did the keeper count?`);
  }

  #ask(
    messages: readonly ChatMessage[],
    sampling: Partial<Sampling> & { maxTokens: number },
    cacheKey?: string,
    onText?: (piece: string) => void,
  ): Promise<ChatReply> {
    return this.#model.chat(messages, { ...this.#callOptions(sampling), cacheKey, onText });
  }

  #callOptions(sampling: Partial<Sampling> & { maxTokens: number }): ChatOptions {
    const { timeoutMs, signal } = this.#options;
    const { fixedSampling } = this.#model.capabilities;
    return { sampling: { temperature: fixedSampling ? 1 : 0, ...sampling }, timeoutMs, signal };
  }
}

function user(content: string): ChatMessage[] {
  return [{ role: "user", content }];
}

function minus(value: number | undefined, less: number | undefined): number | undefined {
  return value === undefined || less === undefined ? undefined : value - less;
}

function defined<Key extends string>(key: Key, value: number | undefined): Partial<Record<Key, number>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, number>);
}

function perSecond<Key extends string>(key: Key, tokens: number | undefined, ms: number | undefined) {
  const known = tokens !== undefined && tokens > 0 && ms !== undefined && ms > 0;
  return defined(key, known ? (tokens * 1000) / ms : undefined);
}
