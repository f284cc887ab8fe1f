import { describe, expect, test } from "bun:test";
import { toRequest } from "../../../src/inference/ollama/convert-messages.ts";
import { mapFinish } from "../../../src/inference/ollama/map-finish.ts";
import { serverFromEnvironment } from "../../../src/inference/ollama/server.ts";
import { toUsage } from "../../../src/inference/ollama/usage.ts";
import { findDigest, trainedContext } from "../../../src/inference/ollama/wire.ts";
import { question } from "../support.ts";

describe("the request", () => {
  test("forbids the server to cut the prompt or to slide the context, and sets the context itself", () => {
    const request = toRequest(
      "m",
      question,
      { sampling: { temperature: 0, maxTokens: 5 } },
      { contextTokens: 4096, sequences: 2 },
    );
    expect(request).toMatchObject({ stream: true, truncate: false, shift: false });
    expect(request.options).toEqual({
      num_ctx: 4096,
      num_predict: 5,
      temperature: 0,
      top_k: 0,
      top_p: 1,
      min_p: 0,
      repeat_penalty: 1,
    });
  });

  test("carries all that was asked for", () => {
    const sampling = { temperature: 0.7, maxTokens: 5, topP: 0.9, topK: 20, minP: 0.05, seed: 7, stop: ["\n"] };
    const settings = { contextTokens: 4096, sequences: 2, threads: 1, numGpu: 0 };
    expect(toRequest("m", question, { sampling }, settings).options).toEqual({
      num_ctx: 4096,
      num_predict: 5,
      temperature: 0.7,
      top_k: 20,
      top_p: 0.9,
      min_p: 0.05,
      repeat_penalty: 1,
      seed: 7,
      stop: ["\n"],
      num_thread: 1,
      num_gpu: 0,
    });
  });
});

test("a JSON schema goes along as the format, and without one there is none", () => {
  const settings = { contextTokens: 4096, sequences: 2 };
  const sampling = { temperature: 0, maxTokens: 5 };
  const schema = { type: "object" };
  expect(toRequest("m", question, { sampling, grammar: { form: "json-schema", schema } }, settings).format).toEqual(
    schema,
  );
  expect("format" in toRequest("m", question, { sampling }, settings)).toBe(false);
});

test("only stop and length end a reply", () => {
  expect(["stop", "length", "", null, "load", "unload"].map(mapFinish)).toEqual([
    "stop",
    "length",
    "stop",
    "stop",
    undefined,
    undefined,
  ]);
});

test("counts that the server does not give are unknown, not zero", () => {
  expect(toUsage({ prompt_eval_count: 12, eval_count: 0 })).toEqual({ promptTokens: 12, generatedTokens: 0 });
  expect(toUsage({ prompt_eval_count: null })).toEqual({ promptTokens: undefined, generatedTokens: undefined });
});

test("a model without a tag is the one tagged latest", () => {
  const listed = {
    models: [
      { name: "smol:latest", digest: "d1" },
      { name: "smol:7b", digest: "d2" },
    ],
  };
  expect([findDigest(listed, "smol"), findDigest(listed, "smol:7b"), findDigest(listed, "other")]).toEqual([
    "d1",
    "d2",
    undefined,
  ]);
});

test("finds the trained context whatever the architecture", () => {
  expect(trainedContext({ model_info: { "general.architecture": "qwen2", "qwen2.context_length": 32768 } })).toBe(
    32768,
  );
  expect(trainedContext({ model_info: null })).toBeUndefined();
});

test.each([
  [undefined, "http://127.0.0.1:11434"],
  ["", "http://127.0.0.1:11434"],
  ["0.0.0.0", "http://127.0.0.1:11434"],
  [":8000", "http://127.0.0.1:8000"],
  ["box", "http://box:11434"],
  ["box:80", "http://box"],
  ["https://box/ollama", "https://box/ollama"],
])("OLLAMA_HOST %p is %s", (value, expected) => {
  expect(serverFromEnvironment(value)).toBe(expected);
});

test("an OLLAMA_HOST that is no address is a ConfigError", () => {
  expect(() => serverFromEnvironment("http://[")).toThrow("OLLAMA_HOST");
});
