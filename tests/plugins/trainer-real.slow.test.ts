/**
 * The installed trainer `trl` against real servers of the same model: it reads conversations as they do, learns the reply and nothing else,
 * and with its adapter they say what it says. Turns of real datasets: tests/fixtures/training.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { ChatMessage } from "../../src/core/chat-model.ts";
import type { Engine } from "../../src/core/engine.ts";
import { type GenerateResult, Recipe, type TrainResult } from "../../src/core/trainer.ts";
import { ChatExample } from "../../src/core/training.ts";
import { runCommand } from "../../src/platform/run-command.ts";
import { pythonIn } from "../../src/plugins/launch.ts";
import { openEngine, openTrainer } from "../../src/plugins/open.ts";
import { type LlamaServerProcess, llamaServerMissing, startLlamaServer } from "../inference/llama-server-process.ts";
import { findRealModels } from "../inference/real-models.ts";
import { open } from "../inference/support.ts";

const minute = 60_000;
const prompts = 20;
const lessons = 12;
const maxTokens = 16;
/** For one reply; machines may have much else to do. */
const chatMs = 5 * minute;
const contextTokens = 1024;
const turnEnd = 2;

const real = await findRealModels();
const trainer = typeof real === "string" ? undefined : await real.registry.find("trl");
const missing =
  typeof real === "string"
    ? real
    : trainer === undefined
      ? "AUTOMEM_TEST_HOME has no plugin trl: automem plugin add trl"
      : llamaServerMissing();

const lines = await Bun.file(join(import.meta.dir, "..", "fixtures", "training", "conversations.jsonl")).text();
const recorded = lines
  .trim()
  .split("\n")
  .map((line) => v.parse(ChatExample, JSON.parse(line)));

/** Whatever an observation or a model may write. */
const oddTexts = [
  "room 1234, x=10 y=2026, 3.14e-10, ½ ² ٣ x1y2",
  "  leading and trailing  \n\n",
  "naïve café ☕ 🜂 👩‍👩‍👧 日本語 \u00a0 a\u0301 \ufeff\u200b end",
  "```python\nfor i in range(10):\n\tprint(i)\n```\n~~~\n",
  "tabs\t\tand   spaces\r\nwindows\r\n\n\nlines",
  "I'll we've DON'T don't 'quoted' \"twice\" \\n <|NOTE|>king|paper ring<|END|> [INST] <s> </s>",
];
const odd = oddTexts.flatMap((content, index): ChatExample[] => {
  const reply = (text: string) => [{ role: "assistant" as const, content: text }] as ChatExample["completion"];
  const system = { role: "system" as const, content: `Keep notes. ${content}` };
  const user = { role: "user" as const, content };
  return [
    { prompt: [user], completion: reply(oddTexts[(index + 1) % oddTexts.length]!) },
    {
      prompt: [system, user, ...reply(content), { role: "user", content: `\n${content}` }],
      completion: reply(content),
    },
  ];
});
const control: ChatExample[] = [
  {
    prompt: [{ role: "user", content: "a <|im_end|> b" }],
    completion: [{ role: "assistant", content: "<|im_start|>" }],
  },
];

interface Tokens {
  ids: number[];
  learnt: number[];
}

if (typeof real === "string" || trainer === undefined || missing !== undefined) {
  test.skip(`the trainer beside real servers: ${missing}`, () => undefined);
} else {
  const { registry, gguf, deps } = real;
  const options = { environment: process.env, automemVersion: "0.0.0" };
  let folder: string;
  let cache: string;

  /** Runs a script of real-trainer/ in the trainer's environment; its stdout. */
  const script = (name: string, ...words: string[]) =>
    runCommand({
      command: pythonIn(trainer.paths.environment),
      args: [join(import.meta.dir, "real-trainer", name), ...words],
      env: { PATH: process.env.PATH ?? "", HF_HUB_OFFLINE: "1", OMP_NUM_THREADS: "1", TOKENIZERS_PARALLELISM: "false" },
      timeoutMs: 10 * minute,
    });

  const writeDataset = async (name: string, examples: readonly ChatExample[]) => {
    const path = join(folder, name);
    await Bun.write(path, examples.map((example) => JSON.stringify(example)).join("\n"));
    return path;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "automem-test-trainer-"));
    cache = process.env.AUTOMEM_TEST_TRAINER_CACHE ?? join(folder, "cache");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe("the tokens of a conversation and its reply", () => {
    const examples = [...recorded, ...odd, ...control];
    const plain = recorded.length + odd.length;
    let tokens: Tokens[];

    beforeAll(async () => {
      const dataset = await writeDataset("tokens.jsonl", examples);
      const said = await script("tokens.py", gguf, cache, dataset);
      tokens = said
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Tokens);
      expect(tokens.length).toBe(examples.length);
    }, 5 * minute);

    test(
      "are those of llama-server, and the reply with its end is what is learnt",
      async () => {
        const server = await startLlamaServer({ gguf, contextTokens, slots: 1 });
        try {
          const post = async <T>(path: string, body: object): Promise<T> => {
            const response = await fetch(server.url + path, { method: "POST", body: JSON.stringify(body) });
            expect(response.status).toBe(200);
            return (await response.json()) as T;
          };
          const read = async (content: string, special: boolean) =>
            (await post<{ tokens: number[] }>("/tokenize", { content, add_special: special, parse_special: special }))
              .tokens;
          for (const [index, { prompt: messages, completion }] of examples.slice(0, plain).entries()) {
            const { prompt } = await post<{ prompt: string }>("/apply-template", { messages });
            const asked = await read(prompt, true);
            const learnt = [...(await read(completion[0].content, false)), turnEnd];
            expect(tokens[index]).toEqual({ ids: [...asked, ...learnt], learnt });
          }
        } finally {
          await server.stop();
        }
      },
      2 * minute,
    );

    test(
      "are as many as the embedded engine counts, also where a message holds the text of a control token",
      async () => {
        const engine = await openEngine(registry, "llama-cpp", { model: gguf, contextTokens, sequences: 1 }, options);
        try {
          for (const [index, { prompt }] of examples.entries()) {
            const { ids, learnt } = tokens[index]!;
            expect(await engine.countTokens(prompt)).toBe(ids.length - learnt.length);
          }
        } finally {
          await engine.close();
        }
        const [held] = tokens.slice(plain);
        expect(held!.ids.filter((id) => id === turnEnd).length).toBe(3);
        expect(held!.learnt.filter((id) => id <= turnEnd)).toEqual([turnEnd]);
      },
      2 * minute,
    );
  });

  describe("an adapter it trained", () => {
    const shortest = (examples: readonly ChatExample[], count: number) =>
      examples.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length).slice(0, count);
    const asked = shortest([...recorded, ...odd], prompts).map(({ prompt }) => prompt);
    let adapter: { path: string; hash: string };
    let base16: string;
    let trained: TrainResult;
    let alone: GenerateResult;
    let wanted: GenerateResult;

    beforeAll(async () => {
      base16 = join(folder, "f16.gguf");
      await script("f16_gguf.py", gguf, base16);
      const dataset = await writeDataset("data.jsonl", shortest(recorded, lessons));
      const client = await openTrainer(registry, "trl", {
        ...options,
        environment: { ...process.env, OMP_NUM_THREADS: "1" },
      });
      try {
        const recipe = v.parse(Recipe, {
          rank: 8,
          alpha: 16,
          maxSteps: 8,
          batchSize: 2,
          learningRate: 2e-3,
          saveSteps: 100,
        });
        const out = join(folder, "out");
        trained = await client.train({ dataset, base: gguf, recipe, out, cache }, { timeoutMs: 15 * minute });
        const request = { base: gguf, cache, maxTokens };
        const limits = { timeoutMs: 15 * minute };
        wanted = await client.generate({ ...request, prompts: asked, adapter: trained.adapter.folder }, limits);
        alone = await client.generate({ ...request, prompts: asked.slice(0, 3), adapter: null }, limits);
      } finally {
        await client.close();
      }
      const { path, sha256 } = trained.gguf!;
      adapter = { path: join(folder, sha256, "adapter.gguf"), hash: sha256 };
      await mkdir(dirname(adapter.path));
      await rename(path, adapter.path);
    }, 30 * minute);

    /** Text and count of prompt tokens, as both say them. */
    const seen = (text: string, promptTokens: number | undefined) => ({ text, promptTokens });
    const expected = (result: GenerateResult) =>
      result.replies.map(({ text, promptTokens }) => seen(text, promptTokens));

    test("learnt something, in few steps", () => {
      expect(trained.losses.at(-1)).toBeLessThan(trained.losses[0]! / 2);
      const texts = (result: GenerateResult) => result.replies.slice(0, 3).map(({ text }) => text);
      expect(texts(wanted)).not.toEqual(texts(alone));
    });

    test(
      "makes llama-server say what PEFT says, on 20 of 20 prompts",
      async () => {
        const server: LlamaServerProcess = await startLlamaServer({
          gguf: base16,
          contextTokens,
          slots: 1,
          adapters: [adapter.path],
        });
        try {
          const model = await open(`llama-server:smol@${server.url}`, deps, { contextTokens, sequences: 1 });
          const chat = async (messages: ChatMessage[], name?: typeof adapter.hash) => {
            const call = { sampling: { temperature: 0, maxTokens }, timeoutMs: chatMs };
            const reply = await model.chat(messages, name === undefined ? call : { ...call, adapter: name });
            return seen(reply.text, reply.usage.promptTokens);
          };
          const said = [];
          for (const messages of asked) said.push(await chat(messages, adapter.hash));
          expect(said).toEqual(expected(wanted));
          const first = [];
          for (const messages of asked.slice(0, 3)) first.push(await chat(messages));
          expect(first).toEqual(expected(alone));
        } finally {
          await server.stop();
        }
      },
      15 * minute,
    );

    test(
      "makes the embedded engine say what PEFT says, on 20 of 20 prompts",
      async () => {
        const engine: Engine = await openEngine(
          registry,
          "llama-cpp",
          { model: base16, contextTokens, sequences: 1 },
          options,
        );
        try {
          await engine.loadAdapter({ id: "trained", path: adapter.path, sha256: adapter.hash });
          const said = [];
          for (const messages of asked) {
            const request = { messages, sampling: { temperature: 0, maxTokens }, adapter: "trained" };
            const { text, usage } = await engine.chat(request, { timeoutMs: chatMs });
            said.push(seen(text, usage.promptTokens));
          }
          expect(said).toEqual(expected(wanted));
        } finally {
          await engine.close();
        }
      },
      15 * minute,
    );
  });
}
