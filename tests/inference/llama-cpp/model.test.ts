import { describe, expect, test } from "bun:test";
import type { Engine, EngineCallOptions, EngineChat, EngineReply, EngineStart } from "../../../src/core/engine.ts";
import { ProviderError } from "../../../src/core/errors.ts";
import type { StoredModel } from "../../../src/inference/model-files/record.ts";
import { callOptions, faultOf, open, question, testClock, testDeps } from "../support.ts";

const stored = { name: "tiny", path: "/models/tiny.gguf", sha256: "a".repeat(64) } as StoredModel;
const reply: EngineReply = {
  text: "Paris.",
  finishReason: "stop",
  usage: { promptTokens: 9, cachedTokens: 4, generatedTokens: 3 },
  timings: { firstTokenMs: 5, totalMs: 20 },
};

type Chat = (request: EngineChat, options: EngineCallOptions) => Promise<EngineReply>;

/** Engines started one after the other, each with its own way to answer. */
function engines(...ways: Chat[]) {
  const starts: EngineStart[] = [];
  const loads: [engine: number, adapter: string][] = [];
  let closed = 0;
  const startEngine = async (start: EngineStart): Promise<Engine> => {
    const chat = ways[starts.length];
    starts.push(start);
    if (chat === undefined) throw new ProviderError("cannot start", { code: "server-error" });
    return {
      ready: {
        name: "llama-cpp",
        version: "0.1.0",
        modelName: "Tiny",
        contextTokens: 2048,
        packages: { "node-llama-cpp": "3" },
      },
      chat,
      countTokens: async () => 9,
      nextTokens: async () => [{ token: 7, text: "P", logProbability: -0.5 }],
      loadAdapter: async (adapter) => void loads.push([starts.length, adapter.id]),
      unloadAdapter: async () => undefined,
      close: async () => {
        closed += 1;
      },
    };
  };
  const deps = testDeps({
    startEngine,
    modelFiles: {
      find: async (name) => (name === "tiny" ? stored : undefined),
      list: async () => ({ models: [stored], damaged: [] }),
    },
    clock: testClock(),
  });
  return { deps, starts, loads, closed: () => closed };
}

const lost: Chat = () => Promise.reject(new ProviderError("the engine died", { code: "engine-lost" }));

describe("the llama-cpp provider", () => {
  test("starts the engine with the model's file and the settings, and says who answers", async () => {
    const { deps, starts } = engines(async () => reply);
    const model = await open("llama-cpp:tiny", deps, { contextTokens: 2048, sequences: 4, threads: 1 });
    expect(starts).toEqual([{ model: "/models/tiny.gguf", contextTokens: 2048, sequences: 4, threads: 1 }]);
    expect(model.identity).toEqual({
      name: "llama-cpp:tiny",
      provider: "llama-cpp",
      digest: "a".repeat(64),
      serverVersion: "llama-cpp 0.1.0, node-llama-cpp 3",
      contextTokens: 2048,
    });
  });

  test("a model that is not there says how to bring it, and starts nothing", async () => {
    const { deps, starts } = engines(async () => reply);
    const fault = await faultOf(open("llama-cpp:huge", deps));
    expect(fault.code).toBe("model-missing");
    expect(fault.message).toContain("automem model add huge");
    expect(starts).toEqual([]);
  });

  test("passes messages, sampling and cache key on, and the reply back", async () => {
    let seen: EngineChat | undefined;
    const { deps } = engines(async (request, options) => {
      seen = request;
      options.onText?.("Paris.");
      return reply;
    });
    const model = await open("llama-cpp:tiny", deps);
    const pieces: string[] = [];
    const options = callOptions({ cacheKey: "ep0/log", onText: (piece) => pieces.push(piece) });
    const answer = await model.chat(question, options);
    expect(answer as unknown).toEqual({ ...reply, timings: { totalMs: 20, firstTokenMs: 5 } });
    expect(seen).toEqual({ messages: question, sampling: options.sampling, cacheKey: "ep0/log" });
    expect(pieces).toEqual(["Paris."]);
  });

  test("passes a grammar on as its text, and refuses one in another form", async () => {
    let seen: EngineChat | undefined;
    const { deps } = engines(async (request) => {
      seen = request;
      return reply;
    });
    const model = await open("llama-cpp:tiny", deps);
    await model.chat(question, callOptions({ grammar: { form: "gbnf", text: 'root ::= "a"\n' } }));
    expect(seen?.grammar).toBe('root ::= "a"\n');
    const schema = { form: "json-schema", schema: {} } as const;
    expect((await faultOf(model.chat(question, callOptions({ grammar: schema })))).code).toBe("refused");
  });

  test("an engine that died is started anew within the same call", async () => {
    const { deps, starts } = engines(lost, async () => reply);
    const model = await open("llama-cpp:tiny", deps);
    expect((await model.chat(question, callOptions())).text).toBe("Paris.");
    expect(starts.length).toBe(2);
  });

  test("an engine that keeps dying is engine-lost after three attempts", async () => {
    const { deps, starts } = engines(lost, lost, lost, lost);
    const model = await open("llama-cpp:tiny", deps);
    const fault = await faultOf(model.chat(question, callOptions()));
    expect([fault.code, fault.retryable]).toEqual(["engine-lost", true]);
    expect(starts.length).toBe(3);
  });

  test("no second attempt once text was shown, for the pieces would not add up to the reply", async () => {
    const { deps, starts } = engines(async (_, options) => {
      options.onText?.("Par");
      return lost({} as EngineChat, options);
    });
    const model = await open("llama-cpp:tiny", deps);
    await faultOf(model.chat(question, callOptions({ onText: () => undefined })));
    expect(starts.length).toBe(1);
  });

  test("after an engine could not be started again, the next call tries anew", async () => {
    const { deps, starts } = engines(lost);
    const model = await open("llama-cpp:tiny", deps);
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("server-error");
    await faultOf(model.chat(question, callOptions()));
    expect(starts.length).toBe(3);
  });

  test("a cancelled reply is an error, not a short reply", async () => {
    const { deps } = engines(async () => ({ ...reply, finishReason: "cancelled" }));
    const model = await open("llama-cpp:tiny", deps);
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("cancelled");
  });

  test("closes the engine once and answers no call afterwards", async () => {
    const { deps, closed, starts } = engines(async () => reply);
    const model = await open("llama-cpp:tiny", deps);
    await model.close();
    expect((await faultOf(model.chat(question, callOptions()))).code).toBe("engine-lost");
    expect([closed(), starts.length]).toEqual([1, 1]);
  });

  describe("with adapters", () => {
    const hash = "b".repeat(64);
    const files = { hash, path: `/adapters/${hash}/adapter.gguf`, sha256: "c".repeat(64) };

    test("calls name the adapter; the engine is asked under it", async () => {
      const asked: (string | undefined)[] = [];
      const { deps, loads } = engines(async (request) => {
        asked.push(request.adapter);
        return reply;
      });
      const model = await open("llama-cpp:tiny", deps);
      await model.adapters!.load(files);
      await model.chat(question, callOptions({ adapter: hash }));
      await model.chat(question, callOptions());
      expect(asked).toEqual([hash, undefined]);
      expect(loads).toEqual([[1, hash]]);
      expect(await model.adapters!.loaded()).toEqual([hash]);
      expect([model.capabilities.adapters, model.adapters!.form]).toEqual(["runtime", "gguf"]);
    });

    test("an engine that is started anew is given the loaded adapters first, and not the unloaded", async () => {
      const { deps, loads } = engines(lost, async () => reply);
      const model = await open("llama-cpp:tiny", deps);
      await model.adapters!.load(files);
      const other = "d".repeat(64);
      await model.adapters!.load({ hash: other, path: `/adapters/${other}` });
      await model.adapters!.unload(other);
      expect((await model.chat(question, callOptions({ adapter: hash }))).text).toBe("Paris.");
      expect(loads).toEqual([
        [1, hash],
        [1, other],
        [2, hash],
      ]);
    });

    test("a path that does not carry the hash is refused", async () => {
      const { deps, loads } = engines(async () => reply);
      const model = await open("llama-cpp:tiny", deps);
      const fault = await faultOf(model.adapters!.load({ ...files, path: "/adapters/mine.gguf" }));
      expect([fault.code, loads]).toEqual(["bad-adapter-path", []]);
    });

    test("tells the likeliest beginnings of a reply", async () => {
      const { deps } = engines(async () => reply);
      const model = await open("llama-cpp:tiny", deps);
      const options = { count: 1, timeoutMs: 1000 };
      expect(await model.nextTokens!(question, options)).toEqual([{ token: "7", logProbability: -0.5 }]);
    });
  });
});
