/**
 * What a real llama-server does with adapters when it is left to itself: the troubles that the provider's rules are for, each asked for by
 * hand. If one of these fails after a change of llama.cpp, the server got better and a rule can be looked at again.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel, NextToken } from "../../src/core/chat-model.ts";
import { tokenDistance, verifyAdapter } from "../../src/inference/adapters/verify.ts";
import { type LlamaServerProcess, llamaServerMissing, startLlamaServer } from "./llama-server-process.ts";
import { writeLora } from "./lora-fixture.ts";
import { findRealModels } from "./real-models.ts";
import { faultOf, open } from "./support.ts";

const real = await findRealModels();
const missing = typeof real === "string" ? real : llamaServerMissing();
const TIMEOUT_MS = 240_000;

type Scales = { id: number; scale: number }[];
const off: Scales = [
  { id: 0, scale: 0 },
  { id: 1, scale: 0 },
];
const underX: Scales = [
  { id: 0, scale: 1 },
  { id: 1, scale: 0 },
];
const underY: Scales = [
  { id: 0, scale: 0 },
  { id: 1, scale: 1 },
];
const first = `${"The door is north of the well. ".repeat(4)} What do you see?`;
const other = `${"A wolf waits east of the tower. ".repeat(4)} Where do you go?`;

/** Makes the sampled token a whole character; the probabilities that are told are those before it. */
const plain = ["a", 100];
/** The sampled token is a byte that begins a character and does not end it: id 150 of SmolLM2's tokens. */
const brokenByte = [150, 50];

/** The first token's probabilities, none if the server tells none, by `/completion`, with just the fields given. */
async function ask(url: string, prompt: string, fields: object): Promise<NextToken[]> {
  const asked = { prompt, n_predict: 1, n_probs: 20, temperature: 1, id_slot: 0, cache_prompt: true };
  const body = { ...asked, logit_bias: [plain], ...fields };
  const response = await fetch(`${url}/completion`, { method: "POST", body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  const answer = (await response.json()) as {
    completion_probabilities?: { top_logprobs: { id: number; logprob: number }[] }[];
  };
  return (answer.completion_probabilities?.[0]?.top_logprobs ?? []).map(({ id, logprob }) => ({
    token: String(id),
    logProbability: logprob,
  }));
}

if (typeof real === "string" || missing !== undefined)
  test.skip(`adapters of a real llama-server: ${missing}`, () => undefined);
else {
  const { deps, gguf } = real;
  const slow = (sentence: string, work: () => Promise<void>) => test(sentence, work, TIMEOUT_MS);
  let folder: string;
  let x: { path: string; hash: string };
  let y: { path: string; hash: string };
  const start = (hostCache: boolean) =>
    startLlamaServer({ gguf, contextTokens: 512, slots: 1, adapters: [x.path, y.path], hostCache });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "automem-test-lora-"));
    x = await writeLora(folder, 1);
    y = await writeLora(folder, 2);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe("a llama-server with --cache-ram 0", () => {
    let server: LlamaServerProcess;
    let base: NextToken[];
    beforeAll(async () => {
      server = await start(false);
      base = await ask(server.url, first, { lora: off });
    }, TIMEOUT_MS);
    afterAll(() => server?.stop());

    slow("a request that names no adapters gets all of them in full", async () => {
      const unnamed = await ask(server.url, first, { cache_prompt: false });
      const both = await ask(server.url, first, {
        cache_prompt: false,
        lora: [...underX.slice(0, 1), ...underY.slice(1)],
      });
      expect(tokenDistance(unnamed, base)).toBeGreaterThan(0.2);
      expect(tokenDistance(unnamed, both)).toBeLessThan(0.05);
    });

    slow(
      "part of a character as the sampled token has no probabilities; another one by bias has, and they are the same",
      async () => {
        expect(await ask(server.url, first, { lora: off, logit_bias: [brokenByte] })).toEqual([]);
        const biased = await ask(server.url, first, { lora: off, logit_bias: [brokenByte, plain] });
        const unbiased = await ask(server.url, first, { lora: off, logit_bias: [] });
        expect(biased.length).toBe(20);
        expect(tokenDistance(biased, unbiased)).toBeLessThan(0.05);
      },
    );

    slow("an unknown id is not refused, and names nothing", async () => {
      const unknown = await ask(server.url, first, { cache_prompt: false, lora: [...off, { id: 99, scale: 1 }] });
      const cold = await ask(server.url, first, { cache_prompt: false, lora: off });
      expect(tokenDistance(unknown, cold)).toBeLessThan(0.05);
    });

    slow("with every scale named, X, Y, Y is as from a cold start", async () => {
      await ask(server.url, other, { lora: underY });
      const cold = await ask(server.url, first, { lora: underY });
      await ask(server.url, first, { lora: underX });
      await ask(server.url, other, { lora: underY });
      expect(tokenDistance(await ask(server.url, first, { lora: underY }), cold)).toBeLessThan(0.05);
    });

    slow("the provider names every scale: both adapters are verified by log-probabilities", async () => {
      const model = await open(`llama-server:smol@${server.url}`, deps, { contextTokens: 512, sequences: 1 });
      for (const { hash } of [x, y]) {
        const found = await verifyAdapter(model, hash);
        expect(found.method).toBe("log-probabilities");
        expect(found.apart).toBeGreaterThan(0.2);
        expect(found.mixed).toBeLessThan(0.05);
      }
    });
  });

  describe("a llama-server as it starts by itself", () => {
    let server: LlamaServerProcess;
    beforeAll(async () => {
      server = await start(true);
    }, TIMEOUT_MS);
    afterAll(() => server?.stop());

    slow("answers a prompt under Y from what was read under X, though every scale is named", async () => {
      const cold = await ask(server.url, first, { cache_prompt: false, lora: underY });
      await ask(server.url, first, { lora: underX });
      await ask(server.url, other, { lora: underY });
      expect(tokenDistance(await ask(server.url, first, { lora: underY }), cold)).toBeGreaterThan(0.1);
    });

    slow("and the verification finds it", async () => {
      const model = {
        identity: { name: "by hand", provider: "llama-server" },
        nextTokens: (messages: readonly ChatMessage[], { adapter }: { adapter?: string }) =>
          ask(server.url, messages[0]!.content, { lora: adapter === undefined ? off : underY }),
      } as unknown as ChatModel;
      const fault = await faultOf(verifyAdapter(model, y.hash));
      expect([fault.code, fault.message.includes("--cache-ram 0")]).toEqual(["adapter-unverified", true]);
    });
  });
}
