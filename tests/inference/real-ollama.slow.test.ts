/** The ollama and openai providers with a real Ollama server and the real model. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import { CONFORMANCE_CONTEXT_TOKENS, chatModelConformance } from "../conformance/chat-model.ts";
import { constrainedReplies } from "./constrained-replies.ts";
import { type OllamaServer, ollamaMissing, startOllama } from "./ollama-server.ts";
import { findRealModels } from "./real-models.ts";
import { answersWithTools } from "./real-tools.ts";
import { callOptions, faultOf, open } from "./support.ts";

const real = await findRealModels();
const missing = typeof real === "string" ? real : ollamaMissing();
const TIMEOUT_MS = 240_000;

if (typeof real === "string" || missing !== undefined) test.skip(`a real Ollama: ${missing}`, () => undefined);
else {
  const { deps, gguf } = real;
  let server: OllamaServer;
  beforeAll(async () => {
    server = await startOllama(gguf);
  }, TIMEOUT_MS);
  afterAll(() => server?.stop());

  const subject = {
    question: "What is the capital of France? Answer in one short sentence.",
    longAnswer: "Tell me a long story about the sea.",
    timeoutMs: TIMEOUT_MS,
  };
  const settings = { contextTokens: CONFORMANCE_CONTEXT_TOKENS, sequences: 2, threads: 1 };

  chatModelConformance("a real Ollama", {
    ...subject,
    open: () => open(`ollama:${server.model}@${server.url}`, deps, settings),
  });
  chatModelConformance("a real OpenAI-compatible server", {
    ...subject,
    open: () => open(`openai:${server.model}@${server.url}/v1`, deps, settings),
  });

  describe("a real Ollama", () => {
    let model: ChatModel;
    const user = (content: string): ChatMessage[] => [{ role: "user", content }];
    beforeAll(async () => {
      model = await open(`ollama:${server.model}@${server.url}`, deps, settings);
    });

    test(
      "knows the capital of France, and whose weights answered",
      async () => {
        const reply = await model.chat(user(subject.question), callOptions({ timeoutMs: TIMEOUT_MS }));
        expect(reply.text).toContain("Paris");
        expect(model.identity.digest).toMatch(/^[0-9a-f]{64}$/);
        expect(model.identity.serverVersion).toBe("ollama 0.17.4");
      },
      TIMEOUT_MS,
    );

    test(
      "a turn with tools is an answer, calls or a typed fault",
      async () => {
        const options = callOptions({ timeoutMs: TIMEOUT_MS });
        await answersWithTools(model, options);
        await answersWithTools(
          await open(`openai:${server.model}@${server.url}/v1`, deps, { ...settings, contextTokens: 8192 }),
          options,
        );
      },
      TIMEOUT_MS,
    );

    test(
      "holds a hot model to well-formed operations and actions that exist",
      async () => {
        const replies = await constrainedReplies(model, { count: 20, maxTokens: 128, form: "json-schema" });
        expect(replies.failures.length).toBeLessThanOrEqual(replies.cut);
        expect(replies).toMatchObject({ replies: 20, unknownActions: [] });
        expect(replies.cut).toBeLessThanOrEqual(2);
      },
      4 * TIMEOUT_MS,
    );

    test(
      "a reply for which the context has no room is an overflow, not a short reply",
      async () => {
        const fault = await faultOf(
          model.chat(
            user(`${"sea and wind ".repeat(130)} ${subject.longAnswer}`),
            callOptions({ sampling: { temperature: 0, maxTokens: 500 }, timeoutMs: TIMEOUT_MS }),
          ),
        );
        expect(fault.code).toBe("context-overflow");
        expect(fault.data.contextTokens).toBe(CONFORMANCE_CONTEXT_TOKENS);
      },
      TIMEOUT_MS,
    );

    test(
      "a model that is not on the server says how to pull it",
      async () => {
        const fault = await faultOf(open(`ollama:no-such-model@${server.url}`, deps, settings));
        expect(fault.code).toBe("model-missing");
        expect(fault.message).toContain("ollama pull no-such-model");
      },
      TIMEOUT_MS,
    );

    test(
      "a context beyond the model's is refused",
      async () => {
        expect((await faultOf(open(`ollama:${server.model}@${server.url}`, deps, { contextTokens: 9000 }))).code).toBe(
          "context-too-large",
        );
      },
      TIMEOUT_MS,
    );
  });
}
