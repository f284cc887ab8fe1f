import { describe, expect, test } from "bun:test";
import { toRequest } from "../../../src/inference/openai/convert-messages.ts";
import { mapFinish } from "../../../src/inference/openai/map-finish.ts";
import { findServerKind } from "../../../src/inference/openai/server-kind.ts";
import { toUsage } from "../../../src/inference/openai/usage.ts";
import { question } from "../support.ts";

describe("the request", () => {
  test("leaves out what was not asked for, so that a strict server does not refuse it", () => {
    expect(toRequest("m", question, { temperature: 0, maxTokens: 5, stop: [] }, "max_tokens")).toEqual({
      model: "m",
      messages: [{ role: "user", content: "What is the capital of France?" }],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_tokens: 5,
    });
  });

  test("carries all that was asked for, with the limit under the name the server knows", () => {
    const sampling = { temperature: 1, maxTokens: 5, topP: 0.9, topK: 20, minP: 0.1, seed: 7, stop: ["\n"] };
    const request = toRequest("m", question, sampling, "max_completion_tokens");
    expect(request).toMatchObject({
      max_completion_tokens: 5,
      top_p: 0.9,
      top_k: 20,
      min_p: 0.1,
      seed: 7,
      stop: ["\n"],
    });
    expect(request.max_tokens).toBeUndefined();
  });
});

test("only stop and length end a text", () => {
  expect(["stop", "length", "content_filter", "tool_calls"].map(mapFinish)).toEqual([
    "stop",
    "length",
    undefined,
    undefined,
  ]);
});

test("usage is unknown where the server gives none, and cached tokens are read where it does", () => {
  expect(toUsage(undefined)).toEqual({ promptTokens: undefined, cachedTokens: undefined, generatedTokens: undefined });
  expect(toUsage({ prompt_tokens: 10, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 8 } })).toEqual({
    promptTokens: 10,
    cachedTokens: 8,
    generatedTokens: 0,
  });
  expect(
    toUsage({ prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: null }).cachedTokens,
  ).toBeUndefined();
});

describe("the kind of server", () => {
  const pages = (answers: Record<string, unknown>) => async (url: string) => answers[new URL(url).pathname];
  const base = "http://box:8000/v1";

  test("OpenAI by its address, without asking", async () => {
    const ask = () => Promise.reject(new Error("asked"));
    expect(await findServerKind("https://api.openai.com/v1", "m", undefined, ask)).toEqual({ kind: "openai" });
  });

  test("vLLM by max_model_len in its list", async () => {
    const listed = { data: [{ id: "m", max_model_len: 2048 }] };
    expect(await findServerKind(base, "m", listed, pages({}))).toEqual({ kind: "vllm", contextTokens: 2048 });
  });

  test("llama-server by its props, with the context of one slot", async () => {
    const ask = pages({ "/props": { default_generation_settings: { n_ctx: 512 }, build_info: "b1" } });
    expect(await findServerKind(base, "m", { data: [{ id: "m" }] }, ask)).toEqual({
      kind: "llama-server",
      contextTokens: 512,
      version: "b1",
    });
  });

  test("Ollama by its version page", async () => {
    const ask = pages({ "/api/version": { version: "0.17.4" } });
    expect(await findServerKind(base, "m", undefined, ask)).toEqual({ kind: "ollama", version: "0.17.4" });
  });

  test("anything else is unknown", async () => {
    expect(await findServerKind(base, "m", { data: [] }, pages({ "/props": "<html>" }))).toEqual({ kind: "unknown" });
  });
});
