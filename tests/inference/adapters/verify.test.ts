/** The verification of a loaded adapter: passes where it answers for itself, names what is wrong where it does not. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChatMessage, ChatModel, ChatOptions, NextToken } from "../../../src/core/chat-model.ts";
import { judge, textDistance, tokenDistance, verifyAdapter } from "../../../src/inference/adapters/verify.ts";
import { faultOf } from "../support.ts";

const hash = "a".repeat(64);

/** A server whose answer is decided by who is asked and by the prompt; its cache may know prompts by their text alone. */
function server({ mixes = false, ignores = false, probabilities = true } = {}): ChatModel & { calls: string[] } {
  const readUnder = new Map<string, string>();
  const calls: string[] = [];
  let last = "";
  const answer = (messages: readonly ChatMessage[], adapter: string | undefined): string => {
    const prompt = messages[0]!.content;
    const asked = ignores ? "base" : (adapter ?? "base");
    calls.push(asked);
    // As llama-server does: the slot itself knows its adapter, what it put aside in main memory does not.
    const under = mixes && last !== prompt ? (readUnder.get(prompt) ?? asked) : asked;
    readUnder.set(prompt, under);
    last = prompt;
    return under;
  };
  const model = {
    calls,
    identity: { name: "fake:server", provider: "fake" },
    capabilities: {
      overflow: "error",
      seed: true,
      cachedTokens: true,
      streaming: false,
      grammar: "none",
      adapters: "runtime",
    },
    chat: async (messages: readonly ChatMessage[], options: ChatOptions) => ({
      text: answer(messages, options.adapter) === "base" ? "I write nothing." : "WRITE notes.md",
      finishReason: "stop",
      usage: {},
      timings: { totalMs: 1 },
    }),
    countTokens: async () => undefined,
    close: async () => undefined,
    ...(probabilities
      ? {
          nextTokens: async (
            messages: readonly ChatMessage[],
            { adapter }: { adapter?: string },
          ): Promise<NextToken[]> => {
            const likely = answer(messages, adapter) === "base" ? 0.6 : 0.3;
            return [
              { token: "1", logProbability: Math.log(likely) },
              { token: "2", logProbability: Math.log(0.9 - likely) },
            ];
          },
        }
      : {}),
  };
  return model as unknown as ChatModel & { calls: string[] };
}

describe("verifyAdapter", () => {
  test("passes where base and adapter answer for themselves, by probabilities where there are any", async () => {
    const found = await verifyAdapter(server(), hash);
    expect(found.method).toBe("log-probabilities");
    expect(found.apart).toBeCloseTo(0.3);
    expect([found.mixed, found.control]).toEqual([0, 0]);
    expect(await verifyAdapter(server({ probabilities: false }), hash)).toMatchObject({
      method: "greedy-text",
      mixed: 0,
    });
  });

  for (const probabilities of [true, false]) {
    const how = probabilities ? "probabilities" : "texts";
    test(`by ${how}: an adapter that answers as the base does is not verified`, async () => {
      const fault = await faultOf(verifyAdapter(server({ ignores: true, probabilities }), hash));
      expect([fault.code, fault.data.adapter, fault.message.includes("as the base does")]).toEqual([
        "adapter-unverified",
        hash,
        true,
      ]);
    });

    test(`by ${how}: a cache that knows prompts by their text alone is found`, async () => {
      const fault = await faultOf(verifyAdapter(server({ mixes: true, probabilities }), hash));
      expect([fault.code, fault.message.includes("mixed up")]).toEqual(["adapter-unverified", true]);
    });
  }

  test("asks for the first prompt under the adapter, the base, and the adapter again after another prompt", async () => {
    const fake = server();
    await verifyAdapter(fake, hash);
    expect(fake.calls.slice(3, 8).map((who) => who.slice(0, 4))).toEqual(["aaaa", "base", "aaaa", "aaaa", "base"]);
  });
});

test("what differs less than caches cost is no adapter; a small difference bounds what may be mixed", () => {
  const found = { method: "log-probabilities", apart: 0.3, mixed: 0.05, control: 0.01 } as const;
  expect(judge(found)).toBeUndefined();
  expect(judge({ ...found, control: 0.1 })).toContain("as the base does");
  expect(judge({ ...found, apart: 0.06 })).toContain("mixed up");
  expect(judge({ ...found, mixed: 0.11 })).toContain("mixed up");
});

test("distances are symmetric, in [0, 1], and nought for the same", () => {
  const tokens = fc.uniqueArray(fc.tuple(fc.nat(9), fc.double({ min: -9, max: -3, noNaN: true })), {
    selector: ([token]) => token,
  });
  const list = tokens.map((all) => all.map(([token, logProbability]) => ({ token: String(token), logProbability })));
  const check = <T>(one: T, other: T, distance: (a: T, b: T) => number) => {
    expect(distance(one, one)).toBe(0);
    expect(distance(one, other)).toBeCloseTo(distance(other, one), 12);
    expect(distance(one, other)).toBeGreaterThanOrEqual(0);
    expect(distance(one, other)).toBeLessThanOrEqual(1);
  };
  fc.assert(fc.property(list, list, (one, other) => check(one, other, tokenDistance)));
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => check(one, other, textDistance)));
});
