import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { type AutomemError, TrainerError } from "../../src/core/errors.ts";
import { paperRecipes, Recipe, type TrainProgress, type TrainRequest } from "../../src/core/trainer.ts";
import { startTrainer, type TrainerClient } from "../../src/plugins/trainer-client.ts";
import { fixtureSubject, fixturesFolder } from "../fixtures/plugins/subject.ts";

const open: TrainerClient[] = [];
const folders: string[] = [];
const minute = { timeoutMs: 60_000 };

async function start(fault = ""): Promise<TrainerClient> {
  const { launch } = await fixtureSubject("apprentice", { APPRENTICE_FAULT: fault });
  const trainer = await startTrainer(launch, { automemVersion: "0.0.0", limits: { cancelGraceMs: 300, closeMs: 200 } });
  open.push(trainer);
  return trainer;
}

async function request(recipe: Partial<Recipe> = {}): Promise<TrainRequest> {
  const folder = await mkdtemp(join(tmpdir(), "automem-trainer-"));
  folders.push(folder);
  const dataset = join(folder, "data.jsonl");
  await writeFile(dataset, '{"completion": "a"}\n');
  const places = { out: join(folder, "out"), cache: folder, base: fixturesFolder };
  return { dataset, ...places, recipe: v.parse(Recipe, { maxSteps: 3, ...recipe }) };
}

async function faultOf(work: Promise<unknown>): Promise<AutomemError> {
  const fault = await work.then(
    () => undefined,
    (cause: AutomemError) => cause,
  );
  expect(fault).toBeInstanceOf(TrainerError);
  return fault!;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((trainer) => trainer.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

test("tells each step in order, before the result", async () => {
  const told: TrainProgress[] = [];
  const trainer = await start();
  const result = await trainer.train(await request(), { ...minute, onProgress: (progress) => told.push(progress) });
  expect(told.map((progress) => progress.phase === "train" && [progress.step, progress.totalSteps])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(result).toMatchObject({ steps: 3, resumedFromStep: 0, losses: [1, 1 / 2, 1 / 3], seed: 0 });
});

test("a cancelled training ends as cancelled, and the trainer takes the next, which goes on", async () => {
  const trainer = await start();
  const long = await request({ maxSteps: 1000 });
  const abort = new AbortController();
  const onProgress = () => abort.abort();
  expect((await faultOf(trainer.train(long, { ...minute, signal: abort.signal, onProgress }))).code).toBe("cancelled");
  const { resumedFromStep, steps } = await trainer.train(long, minute);
  expect(resumedFromStep).toBeGreaterThan(0);
  expect(steps).toBe(1000);
});

test("a second training at the same time is refused and does not disturb the first", async () => {
  const trainer = await start();
  const first = trainer.train(await request({ maxSteps: 20 }), minute);
  expect((await faultOf(trainer.train(await request(), minute))).code).toBe("busy");
  expect((await first).steps).toBe(20);
});

test("greedy replies come in the order of the prompts; one for each, or the answer is refused", async () => {
  const { base, cache } = await request();
  const prompts = ["one two three", "four"].map((content) => [{ role: "user" as const, content }]);
  const asked = { base, cache, adapter: null, prompts, maxTokens: 2 };
  const { replies } = await (await start()).generate(asked, minute);
  expect(replies.map(({ text, finishReason }) => [text, finishReason])).toEqual([
    ["one two", "length"],
    ["four", "stop"],
  ]);
  const caught = await faultOf((await start("few-replies")).generate(asked, minute));
  expect([caught.code, caught.message.includes("1 replies to 2 prompts")]).toEqual(["bad-response", true]);
});

test.each([
  ["memory", "out-of-memory", "memory ran out"],
  ["dies", "trainer-lost", "exited (code 9)"],
  ["no-number", "bad-response", "progress"],
])("%s: %s", async (fault, code, words) => {
  const caught = await faultOf((await start(fault)).train(await request(), minute));
  expect(caught.code).toBe(code);
  expect(caught.message).toContain(words);
});

test("a base that is not there is named", async () => {
  const caught = await faultOf((await start()).train({ ...(await request()), base: "/nowhere/base" }, minute));
  expect(caught.code).toBe("missing-model");
  expect(caught.message).toContain("/nowhere/base");
});

test("a trainer that does not stop when cancelled is ended", async () => {
  const trainer = await start("never-stops");
  const abort = new AbortController();
  const options = { ...minute, signal: abort.signal, onProgress: () => abort.abort() };
  const caught = await faultOf(trainer.train(await request({ maxSteps: 100_000 }), options));
  expect(caught.code).toBe("cancelled");
  await trainer.process.exited;
});

test("a recipe has a default for each field and refuses what is out of range or unknown", () => {
  expect(v.parse(Recipe, {})).toMatchObject({ rank: 16, alpha: 32, learningRate: 1e-3, epochs: 3, batchSize: 4 });
  for (const wrong of [{ rank: 0 }, { dropout: 1 }, { epochs: 1.5 }, { targets: "some" }, { lr: 1 }, { seed: -1 }]) {
    expect(v.is(Recipe, wrong)).toBe(false);
  }
});

test("the paper's recipes are those of its games", () => {
  const { crafter, minihack, nethack } = paperRecipes;
  const shared = { learningRate: 5e-5, batchSize: 2 };
  expect(crafter.recipe).toMatchObject({
    ...shared,
    rank: 256,
    alpha: 512,
    epochs: 4,
    gradientAccumulation: 8,
    targets: "attention",
  });
  expect(minihack.recipe).toMatchObject({
    ...shared,
    rank: 128,
    alpha: 256,
    epochs: 3,
    gradientAccumulation: 4,
    targets: "all",
  });
  expect(nethack.recipe).toMatchObject({
    ...shared,
    rank: 256,
    alpha: 512,
    epochs: 1,
    gradientAccumulation: 8,
    targets: "all",
  });
});
