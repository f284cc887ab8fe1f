import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { checkForCut, fewestTokens, mostTokens, readOverflow } from "../../src/inference/overflow.ts";

describe("readOverflow", () => {
  test.each([
    [
      "OpenAI",
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
      undefined,
      { promptTokens: 9001, contextTokens: 8192 },
    ],
    [
      "vLLM, prompt and reply",
      "This model's maximum context length is 2048 tokens. However, you requested 3000 tokens (2900 in the messages, 100 in the completion). Please reduce the length of the messages or completion.",
      undefined,
      { promptTokens: 2900, contextTokens: 2048 },
    ],
    [
      "vLLM, too long a reply",
      "'max_tokens' or 'max_completion_tokens' is too large: 500. This model's maximum context length is 2048 tokens and your request has 1900 input tokens (500 > 2048 - 1900).",
      undefined,
      { promptTokens: 1900, contextTokens: 2048 },
    ],
    [
      "vLLM, prompt alone",
      "The decoder prompt (length 3000) is longer than the maximum model length of 2048.",
      undefined,
      { promptTokens: 3000, contextTokens: 2048 },
    ],
    [
      "llama-server",
      "the request exceeds the available context size, try increasing it",
      { error: { type: "exceed_context_size_error", n_prompt_tokens: 700, n_ctx: 512 } },
      { promptTokens: 700, contextTokens: 512 },
    ],
    ["Ollama", "the input length exceeds the context length", undefined, {}],
  ])("understands %s", (_, message, body, expected) => {
    expect(readOverflow(message, body)).toEqual(expected);
  });

  test("takes no other error for an overflow", () => {
    expect(readOverflow("model 'x' not found")).toBeUndefined();
    expect(readOverflow("max_tokens must be at least 1, got 0.")).toBeUndefined();
  });
});

describe("bounds of a token count", () => {
  test("the least is the number of words, the most is above the number of bytes", () => {
    const messages = [{ role: "user" as const, content: "go  north,\nthen 12 x-rays 🎉" }];
    expect(fewestTokens(messages)).toBe(4);
    expect(mostTokens(messages)).toBeGreaterThan(Buffer.byteLength(messages[0]!.content));
  });

  test("the least never exceeds the most", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const messages = texts.map((content) => ({ role: "user" as const, content }));
        expect(fewestTokens(messages)).toBeLessThanOrEqual(mostTokens(messages));
      }),
    );
  });
});

describe("checkForCut", () => {
  const messages = [{ role: "user" as const, content: "one two three four five" }];
  const facts = { modelName: "m", cutByLength: false, maxTokens: 10, contextTokens: 64 };

  test("finds a prompt of which fewer tokens were read than it has words", () => {
    expect(() => checkForCut(messages, { ...facts, usage: { promptTokens: 4 } })).toThrow("cut it silently");
    expect(() => checkForCut(messages, { ...facts, usage: { promptTokens: 5 } })).not.toThrow();
  });

  test("finds it in any text, and only there", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "é", "7", "!", " ", "\n", "\u00a0", "\u3000", "字", "\u0001"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), fc.nat(20), (texts, promptTokens) => {
        const said = texts.map((content) => ({ role: "user" as const, content }));
        const check = () => checkForCut(said, { ...facts, usage: { promptTokens } });
        if (promptTokens < fewestTokens(said)) expect(check).toThrow("cut it silently");
        else expect(check).not.toThrow();
      }),
    );
  });

  test("finds a reply that ended with the context instead of the limit", () => {
    const cut = { ...facts, cutByLength: true };
    expect(() => checkForCut(messages, { ...cut, usage: { generatedTokens: 9 } })).toThrow("was full");
    expect(() => checkForCut(messages, { ...cut, usage: { generatedTokens: 10 } })).not.toThrow();
  });

  test("concludes nothing from figures that are not given", () => {
    expect(() => checkForCut(messages, { ...facts, cutByLength: true, usage: {} })).not.toThrow();
  });
});
