/** Adapters of the embedded engine with the real model: the contract, and what it promises beyond. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import { adapterLoaderConformance } from "../conformance/adapter-loader.ts";
import { CONFORMANCE_CONTEXT_TOKENS } from "../conformance/chat-model.ts";
import { writeLora } from "./lora-fixture.ts";
import { findRealModels, REAL_MODEL } from "./real-models.ts";
import { callOptions, open } from "./support.ts";

const real = await findRealModels();
const TIMEOUT_MS = 240_000;
const user = (content: string): ChatMessage[] => [{ role: "user", content }];

if (typeof real === "string") test.skip(`adapters of the real engine: ${real}`, () => undefined);
else {
  const { deps } = real;
  const openModel = () =>
    open(`llama-cpp:${REAL_MODEL}`, deps, { contextTokens: CONFORMANCE_CONTEXT_TOKENS, sequences: 1 });
  const slow = (sentence: string, work: () => Promise<void>) => test(sentence, work, TIMEOUT_MS);
  const first = `${"The door is north of the well. ".repeat(4)} What do you see?`;

  // A model that is opened starts an engine of its own: nothing is in its caches.
  adapterLoaderConformance("the real engine", { open: openModel, timeoutMs: TIMEOUT_MS });

  describe("adapters of the real engine", () => {
    let folder: string;
    let x: { path: string; hash: string };
    let y: { path: string; hash: string };
    let model: ChatModel;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "automem-test-lora-"));
      x = await writeLora(folder, 1);
      y = await writeLora(folder, 2);
      model = await openModel();
      for (const adapter of [x, y]) await model.adapters!.load(adapter);
    }, TIMEOUT_MS);
    afterAll(async () => {
      await model?.close();
      await rm(folder, { recursive: true, force: true });
    });
    const options = (adapter?: string) =>
      callOptions({ sampling: { temperature: 0, maxTokens: 12 }, timeoutMs: TIMEOUT_MS, cacheKey: "one", adapter });
    const ask = async (text: string, adapter?: string, of = model) =>
      (await of.chat(user(text), options(adapter))).text;

    slow("each adapter keeps its own prefix while they take turns", async () => {
      for (const adapter of [x.hash, y.hash]) await model.chat(user(first), options(adapter));
      for (const adapter of [x.hash, y.hash]) {
        const { usage } = await model.chat(user(first), options(adapter));
        expect(usage.cachedTokens).toBe((usage.promptTokens as number) - 1);
      }
    });

    slow("base and adapters answer at the same time", async () => {
      for (const adapter of [undefined, x.hash, y.hash]) await ask(first, adapter);
      const alone: string[] = [await ask(first), await ask(first, x.hash), await ask(first, y.hash)];
      const together: string[] = await Promise.all([ask(first), ask(first, x.hash), ask(first, y.hash)]);
      expect(together).toEqual(alone);
    });
  });
}
