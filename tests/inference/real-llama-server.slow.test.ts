/** The llama-server and openai providers with a real llama-server and the real model. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import { CONFORMANCE_CONTEXT_TOKENS, chatModelConformance } from "../conformance/chat-model.ts";
import { type LlamaServerProcess, llamaServerMissing, startLlamaServer } from "./llama-server-process.ts";
import { writeLora } from "./lora-fixture.ts";
import { findRealModels } from "./real-models.ts";
import { answersWithTools } from "./real-tools.ts";
import { callOptions, faultOf, open } from "./support.ts";

const real = await findRealModels();
const missing = typeof real === "string" ? real : llamaServerMissing();
const TIMEOUT_MS = 240_000;

if (typeof real === "string" || missing !== undefined) test.skip(`a real llama-server: ${missing}`, () => undefined);
else {
  const { deps, gguf } = real;
  const settings = { contextTokens: CONFORMANCE_CONTEXT_TOKENS, sequences: 2 };
  const question = "What is the capital of France? Answer in one short sentence.";
  const subject = { question, longAnswer: "Tell me a long story about the sea.", timeoutMs: TIMEOUT_MS };
  const user = (content: string): ChatMessage[] => [{ role: "user", content }];
  const greedy = (maxTokens = 24) => ({ sampling: { temperature: 0, maxTokens }, timeoutMs: TIMEOUT_MS });
  const slow = (sentence: string, work: () => Promise<void>) => test(sentence, work, TIMEOUT_MS);

  describe("a real llama-server", () => {
    let server: LlamaServerProcess;
    let model: ChatModel;
    beforeAll(async () => {
      server = await startLlamaServer({ gguf, contextTokens: CONFORMANCE_CONTEXT_TOKENS, slots: 2 });
      model = await open(`llama-server:smol@${server.url}`, deps, settings);
    }, TIMEOUT_MS);
    afterAll(() => server?.stop());

    chatModelConformance("a real llama-server", {
      ...subject,
      open: () => open(`llama-server:smol@${server.url}`, deps, settings),
    });
    chatModelConformance("a real llama-server by OpenAI's protocol", {
      ...subject,
      open: () => open(`openai:smol@${server.url}/v1`, deps, settings),
    });

    slow("knows the capital of France, and says which build answered", async () => {
      expect((await model.chat(user(question), greedy())).text).toContain("Paris");
      expect(model.identity.serverVersion).toMatch(/^llama-server \S+/);
    });

    for (const kind of ["llama-server", "openai"]) {
      slow(`${kind}: a turn with tools is an answer, calls or a typed fault; results go back`, async () => {
        const path = kind === "openai" ? "/v1" : "";
        await answersWithTools(await open(`${kind}:smol@${server.url}${path}`, deps, settings), greedy(48));
      });
    }

    slow("can be named by its address alone; a wrong name is missing", async () => {
      const unnamed = await open(`llama-server:${server.url}`, deps, settings);
      expect(await unnamed.countTokens(user(question))).toBe(await model.countTokens(user(question)));
      const fault = await faultOf(open(`llama-server:qwen@${server.url}`, deps, settings));
      expect([fault.code, fault.data.models]).toEqual(["model-missing", ["smol", "SmolLM2-135M-Instruct.Q4_1.gguf"]]);
    });

    slow("a context beyond a slot's is refused, with what there is", async () => {
      const fault = await faultOf(open(`llama-server:smol@${server.url}`, deps, { contextTokens: 1024 }));
      expect([fault.code, fault.data.contextTokens]).toEqual(["context-too-large", CONFORMANCE_CONTEXT_TOKENS]);
    });

    slow("counts as the server's own chat endpoint does", async () => {
      const messages: ChatMessage[] = [{ role: "system", content: "You play a game." }, ...user(question)];
      const openai = await open(`openai:smol@${server.url}/v1`, deps, settings);
      const { usage } = await openai.chat(messages, greedy(1));
      expect(await model.countTokens(messages)).toBe(usage.promptTokens as number);
    });

    slow("LOG and PLAN that take turns keep their prefixes", async () => {
      const log = user(`You keep notes. ${"The door is north of the well. ".repeat(12)}`);
      const plan = user(`You choose moves. ${"A wolf waits east of the tower. ".repeat(12)}`);
      const cached: (number | undefined)[] = [];
      for (const key of ["ep/log", "ep/plan", "ep/log", "ep/plan"]) {
        const messages = key === "ep/log" ? log : plan;
        const { usage } = await model.chat(messages, callOptions({ ...greedy(2), cacheKey: key }));
        cached.push((usage.cachedTokens ?? 0) / (usage.promptTokens ?? 1));
      }
      expect(cached[2]).toBeGreaterThan(0.9);
      expect(cached[3]).toBeGreaterThan(0.9);
    });

    slow("a seed repeats a text from the same cache state, another seed gives another", async () => {
      const say = async (seed: number) => {
        const sampling = { temperature: 1, maxTokens: 24, seed };
        await model.chat(
          user("Something else entirely, to empty the slot."),
          callOptions({ ...greedy(1), cacheKey: "s" }),
        );
        return (
          await model.chat(user(subject.longAnswer), callOptions({ sampling, timeoutMs: TIMEOUT_MS, cacheKey: "s" }))
        ).text;
      };
      const first = await say(7);
      expect(await say(7)).toBe(first);
      expect(await say(8)).not.toBe(first);
    });

    slow("holds a reply to a grammar", async () => {
      const grammar = { form: "gbnf" as const, text: 'root ::= "ACTION " ("north" | "south")' };
      const reply = await model.chat(user(question), callOptions({ ...greedy(), grammar }));
      expect(reply.text).toMatch(/^ACTION (north|south)$/);
      const fault = await faultOf(
        model.chat(user(question), callOptions({ ...greedy(), grammar: { form: "gbnf", text: "root ::= (" } })),
      );
      expect(fault.retryable).toBe(false);
    });
  });

  describe("a real llama-server with two adapters", () => {
    let folder: string;
    let x: { path: string; hash: string };
    let y: { path: string; hash: string };
    let server: LlamaServerProcess;
    let model: ChatModel;
    const start = (hostCache: boolean) =>
      startLlamaServer({ gguf, contextTokens: 512, slots: 1, adapters: [x.path, y.path], hostCache });
    const ask = async (text: string, adapter?: string) =>
      model.chat(user(text), callOptions({ ...greedy(16), adapter, cacheKey: "one" }));

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "automem-test-lora-"));
      x = await writeLora(folder, 1);
      y = await writeLora(folder, 2);
      server = await start(false);
      model = await open(`llama-server:smol@${server.url}`, deps, settings);
    }, TIMEOUT_MS);
    afterAll(async () => {
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    slow("says that it has adapters, and turns them off when it is opened", async () => {
      expect(model.capabilities.adapters).toBe("load-at-start");
      const listed = (await (await fetch(`${server.url}/lora-adapters`)).json()) as { scale: number }[];
      expect(listed.map(({ scale }) => scale)).toEqual([0, 0]);
    });

    slow("base and adapters answer differently, and the base as without adapters", async () => {
      const plain = await startLlamaServer({ gguf, contextTokens: 512, slots: 1 });
      try {
        const alone = await open(`llama-server:smol@${plain.url}`, deps, settings);
        const expected = (await alone.chat(user(question), greedy(16))).text;
        const texts = [
          (await ask(question)).text,
          (await ask(question, x.hash)).text,
          (await ask(question, y.hash)).text,
        ];
        expect(texts[0]).toBe(expected);
        expect(new Set(texts).size).toBe(3);
        // Back to the base, after an adapter used the slot.
        expect((await ask(question)).text).toBe(expected);
      } finally {
        await plain.stop();
      }
    });

    slow("a prompt under X, another under Y, the first under Y: nothing of X is in it", async () => {
      const first = `${"The door is north of the well. ".repeat(8)} What do you see?`;
      const other = `${"A wolf waits east of the tower. ".repeat(8)} Where do you go?`;
      await ask(other, x.hash);
      const cold = await ask(first, y.hash);
      await ask(first, x.hash);
      await ask(other, y.hash);
      const after = await ask(first, y.hash);
      expect(after.text).toBe(cold.text);
      // The chat template's own head, which every prompt under Y shares.
      expect(after.usage.cachedTokens).toBeLessThan(0.5 * (after.usage.promptTokens as number));
    });

    slow("the same adapter keeps its prefix", async () => {
      const text = `${"The door is north of the well. ".repeat(8)} What do you hear?`;
      await ask(text, x.hash);
      const { usage } = await ask(text, x.hash);
      expect((usage.cachedTokens ?? 0) / (usage.promptTokens ?? 1)).toBeGreaterThan(0.9);
    });

    slow("an adapter that the server does not have is refused", async () => {
      const fault = await faultOf(ask(question, "0".repeat(64)));
      expect([fault.code, fault.retryable]).toEqual(["refused", false]);
      expect(fault.message).toContain("--lora");
    });

    slow("a server whose cache mixes adapters is refused when it is opened", async () => {
      const mixing = await start(true);
      try {
        const fault = await faultOf(open(`llama-server:smol@${mixing.url}`, deps, settings));
        expect(fault.code).toBe("refused");
        expect(fault.message).toContain("--cache-ram 0");
      } finally {
        await mixing.stop();
      }
    });
  });

  slow("a server that is still loading is waited for", async () => {
    const server = await startLlamaServer({ gguf, contextTokens: 512, slots: 1, wait: false });
    try {
      const model = await open(`llama-server:smol@${server.url}`, deps, settings);
      expect((await model.chat(user(question), greedy())).text).toContain("Paris");
    } finally {
      await server.stop();
    }
  });
}
