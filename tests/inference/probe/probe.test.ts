/** The questions that `model check` asks, to models that are made up. */
import { describe, expect, test } from "bun:test";
import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ModelCapabilities,
} from "../../../src/core/chat-model.ts";
import { ProviderError } from "../../../src/core/errors.ts";
import { probeModel } from "../../../src/inference/probe/probe.ts";

const capabilities: ModelCapabilities = {
  overflow: "error",
  seed: true,
  cachedTokens: true,
  streaming: true,
  grammar: "gbnf",
  adapters: "none",
};
const options = { timeoutMs: 1000, signal: new AbortController().signal, nonce: "n1" };
const words = (messages: readonly ChatMessage[]) =>
  messages.reduce((sum, { content }) => sum + content.split(/\s+/).length, 0);

interface Traits {
  capabilities?: Partial<ModelCapabilities>;
  contextTokens?: number;
  seeded?: boolean;
  keepsGrammar?: boolean;
  cutsSilently?: boolean;
  cached?: (messages: readonly ChatMessage[], known: number) => number | undefined;
  totals?: boolean;
  failOn?: (options: ChatOptions, messages: readonly ChatMessage[]) => ProviderError | undefined;
}

/** A token a word; 1 ms a prompt token that is not cached, 10 ms a generated one. */
function madeUp(traits: Traits = {}): { model: ChatModel; calls: () => number } {
  const contextTokens = traits.contextTokens ?? 1000;
  const known = new Map<string, number>();
  let calls = 0;
  let foundTokens = 0;
  const model: ChatModel = {
    identity: { name: "x:m", provider: "x", contextTokens },
    capabilities: { ...capabilities, ...traits.capabilities },
    async chat(messages, call): Promise<ChatReply> {
      calls += 1;
      const failed = traits.failOn?.(call, messages);
      if (failed) throw failed;
      const promptTokens = words(messages);
      if (promptTokens > contextTokens && !traits.cutsSilently) {
        throw new ProviderError("too long", { code: "context-overflow" });
      }
      const before = known.get(call.cacheKey ?? "") ?? 0;
      const cached = Math.min(before, promptTokens - 1);
      known.set(call.cacheKey ?? "", promptTokens);
      foundTokens += cached;
      const { seed, maxTokens } = call.sampling;
      const flavour = traits.seeded === false ? calls : (seed ?? 0);
      const held = call.grammar !== undefined && traits.keepsGrammar !== false;
      const text = held
        ? "ACTION north"
        : Array.from({ length: maxTokens }, (_, index) => `w${flavour}${index}`).join(" ");
      for (const piece of text.split(/(?= )/)) call.onText?.(piece);
      const firstTokenMs = promptTokens - cached;
      return {
        text,
        finishReason: "length",
        usage: {
          promptTokens,
          cachedTokens: traits.cached ? traits.cached(messages, cached) : cached,
          generatedTokens: maxTokens,
        },
        timings: { firstTokenMs, totalMs: firstTokenMs + 10 * (maxTokens - 1) },
      };
    },
    countTokens: async (messages) => words(messages),
    close: async () => undefined,
    ...(traits.totals ? { cacheTotals: async () => ({ queriedTokens: 0, foundTokens }) } : {}),
  };
  return { model, calls: () => calls };
}

describe("probeModel", () => {
  test("measures the speeds by what was really evaluated and generated", async () => {
    const { speed, streamedPieces } = await probeModel(madeUp().model, options);
    expect(speed).toEqual({ promptTokensPerSecond: 1000, generatedTokensPerSecond: 100 });
    expect(streamedPieces).toBe(64);
  });

  test("finds a cached prefix, a seed, a grammar, a count and a refused overflow", async () => {
    const facts = await probeModel(madeUp().model, options);
    const { promptTokens, cachedTokens } = facts.prefix as { promptTokens: number; cachedTokens: number };
    expect(cachedTokens / promptTokens).toBeGreaterThan(0.5);
    expect(facts.seed).toEqual({ sameTwice: true, otherDiffers: true });
    expect(facts.grammar).toEqual({ text: "ACTION north", kept: true });
    expect(facts.counting).toEqual({ counted: 6, reported: 6 });
    expect(facts.overflow).toBe("refused");
  });

  test("takes the server's totals where a call does not say what was cached", async () => {
    const { prefix } = await probeModel(madeUp({ cached: () => undefined, totals: true }).model, options);
    expect((prefix as { cachedTokens: number }).cachedTokens).toBeGreaterThan(100);
    const untold = await probeModel(madeUp({ cached: () => undefined }).model, options);
    expect(untold.prefix).not.toHaveProperty("cachedTokens");
  });

  test("notices a seed and a grammar that are ignored", async () => {
    const facts = await probeModel(madeUp({ seeded: false, keepsGrammar: false }).model, options);
    expect(facts.seed).toEqual({ sameTwice: false, otherDiffers: true });
    expect(facts.grammar).toMatchObject({ kept: false });
  });

  test("notices a prompt that is cut silently", async () => {
    expect((await probeModel(madeUp({ cutsSilently: true }).model, options)).overflow).toBe("answered");
  });

  test("does not send a prompt beyond a huge context", async () => {
    expect((await probeModel(madeUp({ contextTokens: 200_000 }).model, options)).overflow).toBe("skipped");
  });

  test("asks nothing about a grammar where there is none", async () => {
    const facts = await probeModel(madeUp({ capabilities: { grammar: "none" } }).model, options);
    expect(facts.grammar).toBeUndefined();
  });

  test("a model whose first call fails is asked nothing more", async () => {
    const broken = madeUp({ failOn: () => new ProviderError("boom", { code: "server-error" }) });
    const facts = await probeModel(broken.model, options);
    expect(facts.answered).toEqual({ fault: { code: "server-error", message: "boom" } });
    expect([broken.calls(), facts.speed]).toEqual([1, undefined]);
  });

  test("a step that fails does not stop the others", async () => {
    const failOn = ({ grammar }: ChatOptions) =>
      grammar === undefined ? undefined : new ProviderError("no grammar here", { code: "refused" });
    const facts = await probeModel(madeUp({ failOn }).model, options);
    expect(facts.grammar).toEqual({ fault: { code: "refused", message: "no grammar here" } });
    expect(facts.overflow).toBe("refused");
  });

  test("a cancellation is thrown, not recorded", async () => {
    const failOn = () => new ProviderError("stopped", { code: "cancelled" });
    await expect(probeModel(madeUp({ failOn }).model, options)).rejects.toThrow("stopped");
    await expect(probeModel(madeUp().model, { ...options, signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
