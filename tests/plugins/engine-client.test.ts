import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import type { EngineChat } from "../../src/core/engine.ts";
import { type AutomemError, ProviderError } from "../../src/core/errors.ts";
import { type EngineClient, startEngine } from "../../src/plugins/engine-client.ts";
import { fixtureSubject, fixturesFolder } from "../fixtures/plugins/subject.ts";

const model = join(fixturesFolder, "parrot", "plugin.json");
const minute = { timeoutMs: 60_000 };
const open: EngineClient[] = [];

async function start(fault = "", path = model): Promise<EngineClient> {
  const { launch } = await fixtureSubject("parrot", { PARROT_FAULT: fault });
  const limits = { cancelGraceMs: 300, closeMs: 200 };
  const engine = await startEngine(
    launch,
    { model: path, contextTokens: 600, sequences: 2 },
    { automemVersion: "0.0.0", limits },
  );
  open.push(engine);
  return engine;
}

const say = (content: string, maxTokens = 20): EngineChat => ({
  messages: [{ role: "user", content }],
  sampling: { temperature: 0, maxTokens },
});

async function faultOf(work: Promise<unknown>): Promise<AutomemError> {
  const fault = await work.then(
    () => undefined,
    (cause: AutomemError) => cause,
  );
  expect(fault).toBeInstanceOf(ProviderError);
  return fault!;
}

afterEach(() => Promise.all(open.splice(0).map((engine) => engine.close())));

test("is ready with the model's name, answers, counts and closes", async () => {
  const engine = await start();
  expect(engine.ready).toMatchObject({ name: "parrot", modelName: "words", contextTokens: 600 });
  expect(await engine.chat(say("one two three", 2), minute)).toMatchObject({
    text: "one two ",
    finishReason: "length",
    usage: { promptTokens: 4, cachedTokens: 0, generatedTokens: 2 },
  });
  expect(await engine.countTokens(say("one two three").messages)).toBe(4);
  expect(await engine.stats()).toMatchObject({ generatedTokens: 2, promptTokens: 4 });
});

test("streams the pieces of chats that overlap to their own listeners, all before the reply", async () => {
  const engine = await start();
  const texts = ["a b c d", "e f g h"];
  const pieces: string[][] = [[], []];
  const replies = await Promise.all(
    texts.map((text, index) => engine.chat(say(text), { ...minute, onText: (piece) => pieces[index]!.push(piece) })),
  );
  expect(pieces.map((each) => each.join(""))).toEqual(replies.map((reply) => reply.text));
});

test("names a missing model", async () => {
  const fault = await faultOf(start("", "/nowhere/model.gguf"));
  expect(fault.code).toBe("model-missing");
  expect(fault.message).toContain("/nowhere/model.gguf");
});

test("names an overflow with its figures", async () => {
  const fault = await faultOf((await start()).chat(say("word ".repeat(700)), minute));
  expect(fault.code).toBe("context-overflow");
  expect(fault.data).toMatchObject({ promptTokens: 701, contextTokens: 600 });
});

test("a chat that is cancelled or out of time ends alone; the others and the engine go on", async () => {
  const engine = await start();
  const abort = new AbortController();
  const other = engine.chat(say("Count to ten", 100), minute);
  const cancelled = faultOf(
    engine.chat(say("Count up", 500), { ...minute, signal: abort.signal, onText: () => abort.abort() }),
  );
  const late = faultOf(engine.chat(say("Count up", 500), { timeoutMs: 50 }));
  expect((await cancelled).code).toBe("cancelled");
  const fault = await late;
  expect([fault.code, fault.retryable]).toEqual(["timeout", true]);
  expect((await other).usage.generatedTokens).toBe(100);
  expect((await engine.chat(say("still here"), minute)).text).toBe("still here ");
});

test("an engine that does not let go of a chat is stopped, and its other chats say that it is lost", async () => {
  const engine = await start("never-lets-go");
  const other = faultOf(engine.chat(say("Count"), minute));
  expect((await faultOf(engine.chat(say("Count"), { timeoutMs: 100 }))).code).toBe("engine-lost");
  expect((await other).code).toBe("engine-lost");
  expect((await faultOf(engine.chat(say("hello"), minute))).code).toBe("engine-lost");
});

test("an engine that is killed is lost, and may be tried again", async () => {
  const engine = await start();
  const chat = faultOf(
    engine.chat(say("Count", 500), { ...minute, onText: () => process.kill(engine.process.pid, "SIGKILL") }),
  );
  const fault = await chat;
  expect([fault.code, fault.retryable]).toEqual(["engine-lost", true]);
  expect(fault.message).toContain("exited (signal SIGKILL) during chat");
});
