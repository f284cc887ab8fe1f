import { expect, test } from "bun:test";
import { providerNames } from "../../src/inference/providers.ts";
import { faultOf, open, testDeps } from "./support.ts";

test("knows its providers", () => {
  expect(providerNames).toEqual(["llama-cpp", "llama-server", "ollama", "openai", "vllm", "anthropic", "scripted"]);
});

test("an unknown provider is a ConfigError that names the nearest one", async () => {
  const fault = await faultOf(open("olama:qwen2.5:7b", testDeps()));
  expect(fault.name).toBe("ConfigError");
  expect(fault.code).toBe("unknown-provider");
  expect(fault.message).toContain("Did you mean ollama:qwen2.5:7b?");
});

test("a provider that resembles none gets no guess but the list", async () => {
  const fault = await faultOf(open("xyz:model", testDeps()));
  expect(fault.message).not.toContain("Did you mean");
  expect(fault.message).toContain("llama-cpp, llama-server, ollama, openai, vllm, anthropic, scripted");
});

test("the name of an inherited property is no provider", async () => {
  expect((await faultOf(open("constructor:model", testDeps()))).code).toBe("unknown-provider");
});
