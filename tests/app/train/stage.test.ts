/** The models of a campaign: adapters are loaded and verified once, let go, and compared with their trainer. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { importAdapter } from "../../../src/app/adapters/import.ts";
import { type App, openApp } from "../../../src/app/app.ts";
import { createStage, nearTie } from "../../../src/app/train/stage.ts";
import type { ChatModel } from "../../../src/core/chat-model.ts";
import { TrainerError } from "../../../src/core/errors.ts";
import type { GenerateRequest, Trainer, TrainResult } from "../../../src/core/trainer.ts";
import { TrainSettings } from "../../../src/train/settings.ts";
import { writePeft } from "../../inference/adapters/peft-fixture.ts";
import { faultOf } from "../../inference/support.ts";
import { loadBase } from "../../scaffolds/base-package.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";

let scaffold: Awaited<ReturnType<typeof loadBase>>;
beforeAll(async () => {
  scaffold = await loadBase();
}, 60_000);
afterAll(removeFolders);

const settings = v.parse(TrainSettings, {
  play: { game: "courier", model: "vllm:tiny", sampling: { temperature: 1, maxTokens: 9 } },
});
const prompt = (content: string) => [{ role: "user" as const, content }];

/** Says A alone and B under an adapter; to "odd" it says C. Writes down what it was asked to load and to answer. */
function fakeModel(told: string[]): ChatModel {
  return {
    identity: { name: "vllm:tiny", provider: "vllm" },
    capabilities: { adapters: "runtime" },
    adapters: {
      form: "peft",
      load: async ({ hash }: { hash: string }) => void told.push(`load ${hash.slice(0, 4)}`),
      unload: async (hash: string) => void told.push(`unload ${hash.slice(0, 4)}`),
      loaded: async () => [],
    },
    nextTokens: async (_: unknown, { adapter }: { adapter?: string }) => [
      { token: adapter === undefined ? "A" : "B", logProbability: 0 },
    ],
    chat: async ([message]: { content: string }[], { adapter, sampling }: { adapter?: string; sampling: object }) => {
      told.push(`chat ${adapter?.slice(0, 4)} ${JSON.stringify(sampling)}`);
      return { text: message!.content === "odd" ? "C" : adapter === undefined ? "A" : "B" };
    },
  } as unknown as ChatModel;
}

/** Replies B to all, as surely as `margins` says. */
function fakeTrainer(margins: number[], asked: GenerateRequest[] = []): Trainer {
  return {
    generate: async (request: GenerateRequest) => {
      asked.push(request);
      return { replies: margins.map((leastMargin) => ({ text: "B", leastMargin })) };
    },
  } as unknown as Trainer;
}

async function made(app: App, trainer: () => Promise<Trainer>, told: string[] = []) {
  const { adapter } = await importAdapter(app, { path: await writePeft(freshFolder()), base: "vllm:tiny" });
  const stage = createStage({
    app,
    model: fakeModel(told),
    settings,
    scaffold,
    basePath: "/base.gguf",
    cacheFolder: "/cache",
    trainer,
    signal: new AbortController().signal,
  });
  return { adapter, stage, short: adapter.name.slice(0, 4) };
}

const trained = { adapter: { folder: "/trained/t1.1", files: [] } } as unknown as TrainResult;
const noTrainer = async () => {
  throw new Error("no trainer is asked for");
};

describe("players", () => {
  test("are told apart by adapter, and the base alone plays without the specialist that a campaign began with", async () => {
    const { adapter, stage } = await made(openApp({ AUTOMEM_HOME: freshFolder() }), noTrainer);
    const [base, own] = [stage.player(undefined), stage.player(adapter.name)];
    expect(own.name).toBe(adapter.name);
    expect(base.name.slice(0, 16)).not.toBe(own.name.slice(0, 16));
    expect({ ...settings.play, specialist: "of the start", ...base.settings }.specialist).toBeUndefined();
    expect(own.settings).toEqual({ specialist: adapter.name });
    const dependencies = await base.dependencies();
    expect(dependencies.specialist).toBeUndefined();
  });

  test("have their adapter loaded and verified once, when it first plays, and again after it was let go", async () => {
    const told: string[] = [];
    const { adapter, stage, short } = await made(openApp({ AUTOMEM_HOME: freshFolder() }), noTrainer, told);
    const player = stage.player(adapter.name);
    expect(told).toEqual([]);
    const { specialist, model } = await player.dependencies();
    expect(specialist).toEqual({ model, adapter: adapter.name });
    await stage.serve(adapter);
    await player.dependencies();
    expect(told).toEqual([`load ${short}`]);
    await stage.release(adapter.name);
    await player.dependencies();
    expect(told).toEqual([`load ${short}`, `unload ${short}`, `load ${short}`]);
  });
});

describe("parity", () => {
  test("asks server and trainer for the likeliest reply, and counts the equal ones", async () => {
    const told: string[] = [];
    const asked: GenerateRequest[] = [];
    const app = openApp({ AUTOMEM_HOME: freshFolder() });
    const { adapter, stage, short } = await made(app, async () => fakeTrainer([3, 3, 3], asked), told);
    const prompts = ["one", "odd", "two"].map(prompt);
    expect(await stage.parity(adapter, trained, prompts)).toEqual({ equal: 2, of: 3 });
    const places = { base: "/base.gguf", adapter: "/trained/t1.1", cache: "/cache" };
    expect(asked).toEqual([{ ...places, prompts, maxTokens: 9 }]);
    expect(told).toEqual([`load ${short}`, ...prompts.map(() => `chat ${short} {"temperature":0,"maxTokens":9}`)]);
  });

  test("leaves out a prompt where the two part and the trainer itself nearly took another token", async () => {
    const margins = [0, nearTie / 2, nearTie];
    const app = openApp({ AUTOMEM_HOME: freshFolder() });
    const { adapter, stage } = await made(app, async () => fakeTrainer(margins));
    const prompts = ["one", "odd", "odd"].map(prompt);
    expect(await stage.parity(adapter, trained, prompts)).toEqual({ equal: 1, of: 2 });
  });

  test("is not known of a trainer that cannot generate; any other fault is told", async () => {
    const failing = (code: string) => async () =>
      ({ generate: () => Promise.reject(new TrainerError("no", { code })) }) as unknown as Trainer;
    const without = await made(openApp({ AUTOMEM_HOME: freshFolder() }), failing("method-not-found"));
    expect(await without.stage.parity(without.adapter, trained, [prompt("one")])).toBeUndefined();
    const lost = await made(openApp({ AUTOMEM_HOME: freshFolder() }), failing("trainer-lost"));
    expect((await faultOf(lost.stage.parity(lost.adapter, trained, [prompt("one")]))).code).toBe("trainer-lost");
  });
});
