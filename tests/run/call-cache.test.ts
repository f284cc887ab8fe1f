/** The cache of calls: what is the same is asked once, what is not is asked. */
import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage } from "../../src/core/chat-model.ts";
import { CachedCalls, CallCache, callKey } from "../../src/run/call-cache.ts";
import { startRun } from "../../src/run/run.ts";
import { freshFolder, removeFolders } from "../store/support.ts";
import { HashModel, ringDependencies, ringSettings } from "./support.ts";

afterEach(removeFolders);

const messages: ChatMessage[] = [{ role: "user", content: "north or south?" }];
const identity = { name: "x:m", provider: "x", digest: "d1", serverVersion: "x 1" };
const drawn = { sampling: { temperature: 1, maxTokens: 8 } };
const greedy = { sampling: { temperature: 0, maxTokens: 8 } };

describe("callKey", () => {
  const base = callKey(identity, messages, drawn, "left/1#0");

  test("is the same for the same call, whatever the server is called that has these weights", () => {
    expect(callKey({ ...identity, name: "y:m", serverVersion: "y 2" }, messages, drawn, "left/1#0")).toBe(base);
  });

  test.each([
    ["weights", callKey({ ...identity, digest: "d2" }, messages, drawn, "left/1#0")],
    ["context", callKey({ ...identity, contextTokens: 512 }, messages, drawn, "left/1#0")],
    ["adapter", callKey(identity, messages, { ...drawn, adapter: "a".repeat(64) }, "left/1#0")],
    ["messages", callKey(identity, [...messages, ...messages], drawn, "left/1#0")],
    ["sampling", callKey(identity, messages, { sampling: { ...drawn.sampling, seed: 3 } }, "left/1#0")],
    ["grammar", callKey(identity, messages, { ...drawn, grammar: { form: "gbnf", text: "root ::= x" } }, "left/1#0")],
    ["sample", callKey(identity, messages, drawn, "left/1#1")],
  ])("differs with the %s", (_, key) => {
    expect(key).not.toBe(base);
  });

  test("at temperature 0 there is one sample", () => {
    expect(callKey(identity, messages, greedy, "left/1#0")).toBe(callKey(identity, messages, greedy, "right/2#5"));
  });

  test("weights that the server does not say are known by name and version", () => {
    const { digest, ...unknown } = identity;
    expect(callKey({ ...unknown, serverVersion: "x 2" }, messages, drawn, "s")).not.toBe(
      callKey(unknown, messages, drawn, "s"),
    );
  });
});

describe("CachedCalls", () => {
  const options = { ...drawn, timeoutMs: 1000, cacheKey: "run/ep/plan" };

  test("the same question in one episode is a new sample each time; the same episode again gets the same samples", async () => {
    const cache = new CallCache(freshFolder());
    const model = new HashModel();
    const first = new CachedCalls(model, cache, "left/1");
    const replies = [await first.chat(messages, options), await first.chat(messages, options)];
    expect(model.answered).toHaveLength(2);
    const again = new CachedCalls(model, cache, "left/1");
    const kept = [await again.chat(messages, options), await again.chat(messages, options)];
    expect(model.answered).toHaveLength(2);
    expect(kept.map(({ text, usage, fromCache }) => ({ text, usage, fromCache }))).toEqual(
      replies.map(({ text, usage }) => ({ text, usage, fromCache: true })),
    );
    await new CachedCalls(model, cache, "left/2").chat(messages, options);
    expect(model.answered).toHaveLength(3);
  });

  test("a kept reply is shown as a streamed one is", async () => {
    const cache = new CallCache(freshFolder());
    const model = new HashModel();
    await new CachedCalls(model, cache, "e").chat(messages, options);
    const shown: string[] = [];
    const { text } = await new CachedCalls(model, cache, "e").chat(messages, {
      ...options,
      onText: (piece) => shown.push(piece),
    });
    expect(shown.join("")).toBe(text);
  });

  test("a damaged file is asked for again and mended; a failed call is not kept", async () => {
    const folder = freshFolder();
    const cache = new CallCache(folder);
    const model = new HashModel();
    const reply = await new CachedCalls(model, cache, "e").chat(messages, options);
    const key = callKey(model.identity, messages, options, "e#0");
    writeFileSync(join(folder, key.slice(0, 2), `${key}.json`), "{torn");
    expect((await new CachedCalls(model, cache, "e").chat(messages, options)).text).toBe(reply.text);
    expect(model.answered).toHaveLength(2);
    expect((await cache.find(key))?.text).toBe(reply.text);
    const failing = new HashModel(() => {
      throw new Error("down");
    });
    await expect(new CachedCalls(failing, cache, "other").chat(messages, options)).rejects.toThrow("down");
    expect(await cache.find(callKey(model.identity, messages, options, "other#0"))).toBeUndefined();
  });
});

describe("a run that keeps its calls", () => {
  test("asks nobody when it is played again, pays nothing, and has the same records", async () => {
    const calls = new CallCache(freshFolder());
    const settings = ringSettings({ seeds: [1, 2], cacheCalls: true });
    const first = new HashModel();
    const play = async (model: HashModel) =>
      startRun(await ringDependencies(join(freshFolder(), "store"), { model, callCache: calls }), {
        settings,
        commandLine: [],
      });
    const paid = await play(first);
    const second = new HashModel((asked) => {
      // Conversations that do not fit are no replies, so they are asked again.
      if (asked.length === 1) throw new Error("asked what was kept");
    });
    const free = await play(second);
    expect(paid.totals.calls).toBe(first.answered.length);
    expect([free.totals.calls, free.totals.promptTokens, second.answered]).toEqual([0, 0, []]);
    expect(free.finished.map(({ record }) => record)).toEqual(paid.finished.map(({ record }) => record));
  });

  test("without a place to keep them fails its episodes, and says so", async () => {
    const dependencies = await ringDependencies(join(freshFolder(), "store"));
    const summary = await startRun(dependencies, { settings: ringSettings({ cacheCalls: true }), commandLine: [] });
    expect(summary.failed.map(({ failure }) => failure.code)).toEqual(["no-call-cache"]);
  });

  test("that does not ask for it keeps nothing", async () => {
    const folder = freshFolder();
    const dependencies = await ringDependencies(join(freshFolder(), "store"), { callCache: new CallCache(folder) });
    await startRun(dependencies, { settings: ringSettings(), commandLine: [] });
    expect([...new Bun.Glob("**/*").scanSync(folder)]).toEqual([]);
  });
});
