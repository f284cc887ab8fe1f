/** Adapters of a real Ollama with the real model: the contract, what Ollama does by itself, and its texts beside the embedded engine's. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import { tokenDistance } from "../../src/inference/adapters/verify.ts";
import { adapterLoaderConformance } from "../conformance/adapter-loader.ts";
import { CONFORMANCE_CONTEXT_TOKENS } from "../conformance/chat-model.ts";
import { writeLora } from "./lora-fixture.ts";
import { type OllamaServer, ollamaMissing, startOllama } from "./ollama-server.ts";
import { findRealModels, REAL_MODEL } from "./real-models.ts";
import { callOptions, faultOf, open } from "./support.ts";

const real = await findRealModels();
const missing = typeof real === "string" ? real : ollamaMissing();
const TIMEOUT_MS = 240_000;
const settings = { contextTokens: CONFORMANCE_CONTEXT_TOKENS, sequences: 1, threads: 1 };
const user = (content: string): ChatMessage[] => [{ role: "user", content }];
const first = `${"The door is north of the well. ".repeat(4)} What do you see?`;

interface Shown {
  template: string;
  system: string;
  parameters: string;
  messages: unknown;
  model_info: Record<string, unknown>;
}

interface Told {
  prompt_eval_count: number;
  message: { content: string };
  logprobs: { token: string; logprob: number; top_logprobs: { token: string; logprob: number }[] }[];
}

/** How much likelier Ollama held its own token than the one that `text` goes on with, in nats, where they part. */
function gapWherePart(text: string, { logprobs }: Told): number {
  let position = 0;
  for (const { token, logprob, top_logprobs } of logprobs) {
    if (text.startsWith(token, position)) {
      position += token.length;
      continue;
    }
    const others = top_logprobs.filter((other) => other.token !== "" && text.startsWith(other.token, position));
    return logprob - Math.max(...others.map((other) => other.logprob));
  }
  return Number.POSITIVE_INFINITY;
}

const post = async (url: string, path: string, body: unknown) =>
  (await (await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) })).json()) as never;
const show = (url: string, model: string): Promise<Shown> => post(url, "/api/show", { model });
const running = async (url: string): Promise<string[]> =>
  ((await (await fetch(`${url}/api/ps`)).json()) as { models: { name: string }[] }).models.map(({ name }) => name);
/** How often the server has loaded a model so far. */
const loads = async (server: OllamaServer) => (await server.log()).split('msg="loaded runners"').length - 1;
const adapterModels = async (url: string): Promise<string[]> =>
  ((await (await fetch(`${url}/api/tags`)).json()) as { models: { name: string }[] }).models
    .map(({ name }) => name)
    .filter((name) => /^[0-9a-f]{64}:/.test(name));

/** Ends every runner and removes every model of an adapter. */
async function clear({ url }: OllamaServer): Promise<void> {
  for (const model of await running(url)) await post(url, "/api/chat", { model, messages: [], keep_alive: 0 });
  while ((await running(url)).length > 0) await Bun.sleep(20);
  for (const model of await adapterModels(url)) {
    await fetch(`${url}/api/delete`, { method: "DELETE", body: JSON.stringify({ model }) });
  }
}

if (typeof real === "string" || missing !== undefined)
  test.skip(`adapters of a real Ollama: ${missing}`, () => undefined);
else {
  const { deps, gguf } = real;
  const slow = (sentence: string, work: () => Promise<void>) => test(sentence, work, TIMEOUT_MS);
  let server: OllamaServer;
  let folder: string;
  let x: { path: string; hash: string };
  let y: { path: string; hash: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "automem-test-lora-"));
    x = await writeLora(folder, 1);
    y = await writeLora(folder, 2);
    server = await startOllama(gguf);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const openBase = (model = server.model, of = server) => open(`ollama:${model}@${of.url}`, deps, settings);

  adapterLoaderConformance("a real Ollama", {
    open: async (fresh) => {
      if (fresh) await clear(server);
      return openBase();
    },
    timeoutMs: TIMEOUT_MS,
  });

  describe("adapters of a real Ollama", () => {
    slow("base and adapter stay loaded: calls in turn load nothing", async () => {
      await clear(server);
      const model = await openBase();
      await model.adapters!.load(x);
      const before = await loads(server);
      for (const adapter of [undefined, x.hash, undefined, x.hash, x.hash, undefined]) {
        const options = callOptions({ sampling: { temperature: 0, maxTokens: 2 }, adapter });
        await model.chat(user(first), options);
      }
      expect(await loads(server)).toBe(before);
      expect((await running(server.url)).length).toBe(2);
    });

    slow("over one file of weights each change of model would load anew, which is why there is a twin", async () => {
      await clear(server);
      await server.create("plain", `FROM ${server.model}\nADAPTER ${x.path}\n`);
      const before = await loads(server);
      for (const model of [server.model, "plain", server.model, "plain"]) {
        await post(server.url, "/api/chat", {
          model,
          messages: user("Hello"),
          stream: false,
          options: { num_predict: 1 },
        });
      }
      expect((await loads(server)) - before).toBe(4);
      expect(await running(server.url)).toEqual(["plain:latest"]);
    });

    slow("template, system text, parameters and messages are the base's; another base has another name", async () => {
      await clear(server);
      const rich = `FROM ${server.model}\nSYSTEM You count ships.\nPARAMETER temperature 0.25\nPARAMETER num_keep 8\nPARAMETER stop "STOP \\"HERE\\""\nMESSAGE user How many?\nMESSAGE assistant Seven.\n`;
      await server.create("rich", rich);
      const [plain, base] = [await openBase(), await openBase("rich")];
      await base.adapters!.load(x);
      expect([await plain.adapters!.loaded(), await base.adapters!.loaded()]).toEqual([[], [x.hash]]);
      const [name = ""] = await adapterModels(server.url);
      const [derived, original] = [await show(server.url, name), await show(server.url, "rich")];
      const lines = (parameters: string) => parameters.split("\n").sort();
      expect(lines(derived.parameters)).toEqual(lines(original.parameters));
      expect(derived.parameters).toContain("HERE");
      const { template, system, messages } = original;
      expect([derived.template, derived.system, derived.messages]).toEqual([template, system, messages]);
      expect(derived.model_info["automem.twin"]).toBe(x.hash);
      await server.create("rich", `${rich}PARAMETER top_k 3\n`);
      expect(await (await openBase("rich")).adapters!.loaded()).toEqual([]);
    });

    slow("a model under the adapter's name that is something else is refused, and says how to remove it", async () => {
      await clear(server);
      const model = await openBase();
      const name = `${x.hash}:${model.identity.digest?.slice(0, 16)}`;
      await server.create(name, `FROM ${server.model}\nADAPTER ${y.path}\n`);
      const fault = await faultOf(model.adapters!.load(x));
      expect([fault.code, fault.message.includes(`ollama rm ${name}`)]).toEqual(["refused", true]);
      await clear(server);
    });

    slow("a model with an adapter of its own takes none", async () => {
      const model = await openBase("plain");
      expect([model.capabilities.adapters, model.adapters]).toEqual(["none", undefined]);
      expect((await faultOf(model.chat(user(first), callOptions({ adapter: x.hash })))).code).toBe("refused");
    });
  });

  describe("an Ollama with little room", () => {
    slow("that keeps one model is refused, for each call would load one anew", async () => {
      const small = await startOllama(gguf, { OLLAMA_MAX_LOADED_MODELS: "1" });
      try {
        const model = await openBase(small.model, small);
        const fault = await faultOf(model.adapters!.load(x));
        expect([fault.code, fault.message.includes("OLLAMA_MAX_LOADED_MODELS")]).toEqual(["refused", true]);
        expect(await model.adapters!.loaded()).toEqual([]);
      } finally {
        await small.stop();
      }
    });

    slow("that keeps two makes room for the next adapter by ending the runner of the one before", async () => {
      const small = await startOllama(gguf, { OLLAMA_MAX_LOADED_MODELS: "2" });
      try {
        const model = await openBase(small.model, small);
        for (const adapter of [x, y]) await model.adapters!.load(adapter);
        expect(await model.adapters!.loaded()).toEqual([x.hash, y.hash].sort());
        const names = await running(small.url);
        expect([names.length, names.some((name) => name.startsWith(y.hash))]).toEqual([2, true]);
      } finally {
        await small.stop();
      }
    });
  });

  describe("a real Ollama beside the embedded engine", () => {
    let embedded: ChatModel;
    let ollama: ChatModel;
    let mild: { path: string; hash: string };
    beforeAll(async () => {
      await clear(server);
      // Weak enough that the texts are still sentences.
      mild = await writeLora(folder, 5, 0.12);
      embedded = await open(`llama-cpp:${REAL_MODEL}`, deps, settings);
      ollama = await openBase();
      for (const model of [embedded, ollama]) await model.adapters!.load(mild);
    }, TIMEOUT_MS);
    afterAll(() => embedded?.close());
    const adapterOf = { base: () => undefined, adapter: () => mild.hash };
    /** Ollama's reply with the likeliest tokens at each place, by the names and settings of the provider. */
    const withTokens = (messages: ChatMessage[], adapter: string | undefined): Promise<Told> => {
      const model = adapter === undefined ? server.model : `${adapter}:${ollama.identity.digest?.slice(0, 16)}`;
      const { contextTokens: num_ctx, threads: num_thread } = settings;
      const greedy = { num_ctx, num_thread, num_predict: 16, temperature: 0, repeat_penalty: 1 };
      const asked = { model, messages, stream: false, logprobs: true, top_logprobs: 20, options: greedy };
      return post(server.url, "/api/chat", asked);
    };

    for (const who of ["base", "adapter"] as const) {
      slow(
        `the ${who} says the same from the same weights, and parts only where two words are about as likely`,
        async () => {
          const adapter = adapterOf[who]();
          let equal = 0;
          for (const prompt of prompts) {
            // A system text of our own: SmolLM2's template in its GGUF adds one where there is none.
            const messages: ChatMessage[] = [
              { role: "system", content: "You are a helpful assistant." },
              ...user(prompt),
            ];
            const options = callOptions({
              sampling: { temperature: 0, maxTokens: 16 },
              timeoutMs: TIMEOUT_MS,
              adapter,
            });
            const [one, two] = await Promise.all([embedded.chat(messages, options), withTokens(messages, adapter)]);
            expect(one.usage.promptTokens).toBe(two.prompt_eval_count);
            if (one.text === two.message.content) equal += 1;
            else expect(gapWherePart(one.text, two)).toBeLessThan(0.5);
          }
          expect(equal).toBeGreaterThanOrEqual(prompts.length / 2);
        },
      );
    }

    slow("the adapter changes what is said there", async () => {
      const likely = (adapter?: string) =>
        ollama.nextTokens!(user(prompts[0]!), { count: 20, adapter, timeoutMs: TIMEOUT_MS });
      expect(tokenDistance(await likely(mild.hash), await likely())).toBeGreaterThan(0.02);
    });
  });
}

const prompts = [
  "What is the capital of France?",
  "Name three colours.",
  "What do bees make?",
  "Write a sentence about the sea.",
  "How many days has a week?",
  "What is the opposite of hot?",
  "Who wrote Hamlet?",
  "Give me a word that rhymes with cat.",
  "What is two plus three?",
  "Name an animal that can fly.",
  "What do you need to bake bread?",
  "Which season follows winter?",
  "What is ice made of?",
  "Describe a forest in one sentence.",
  "What is a compass for?",
  "Name a large city in Japan.",
  "What colour is the sky on a clear day?",
  "Why do people sleep?",
  "What is a lighthouse?",
  "Say hello in Spanish.",
];
