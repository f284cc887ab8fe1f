/** A base and an adapter merged by the installed trainer `trl`: the embedded engine says the same with the one file as with the two. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import { tokenDistance } from "../../src/inference/adapters/verify.ts";
import { ModelFiles } from "../../src/inference/model-files/model-files.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { openTrainer } from "../../src/plugins/open.ts";
import { writeLora } from "../inference/lora-fixture.ts";
import { findRealModels } from "../inference/real-models.ts";
import { callOptions, open } from "../inference/support.ts";

const real = await findRealModels();
const trainer = typeof real === "string" ? undefined : await real.registry.find("trl");
const missing = typeof real === "string" ? real : "AUTOMEM_TEST_HOME has no plugin trl: automem plugin add trl";
const TIMEOUT_MS = 600_000;

if (typeof real === "string" || trainer === undefined) test.skip(`a real merge: ${missing}`, () => undefined);
else {
  describe("a real merge", () => {
    let folder: string;
    let apart: ChatModel;
    let merged: ChatModel;
    let adapter: { path: string; hash: string };
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "automem-test-merge-"));
      const [nought, lora] = [await writeLora(folder, 1, 0), await writeLora(folder, 5, 0.5)];
      adapter = lora;
      const process = await openTrainer(real.registry, "trl", {
        automemVersion: "0.0.0",
        environment: globalThis.process.env,
      });
      const files = new ModelFiles(folder, { fetch, clock: systemClock, env: globalThis.process.env });
      // With an adapter of noughts the quantised base becomes the same weights in F16, as the merged file has them.
      const merge = async (base: string, { path }: { path: string }, name: string) => {
        const out = join(folder, `${name}.gguf`);
        const result = await process.merge({ base, adapter: path, out }, { timeoutMs: TIMEOUT_MS });
        const { model } = await files.add(out, { name, sha256: result.sha256 });
        return { path: model.path, result };
      };
      const base = await merge(real.gguf, nought, "base");
      const both = await merge(base.path, lora, "merged");
      expect([base.result.type, both.result.type, both.result.merged]).toEqual(["F16", "F16", 3]);
      await process.close();
      const deps = { ...real.deps, modelFiles: files };
      const settings = { contextTokens: 256, sequences: 1, threads: 1 };
      apart = await open("llama-cpp:base", deps, settings);
      merged = await open("llama-cpp:merged", deps, settings);
      await apart.adapters!.load(lora);
    }, TIMEOUT_MS);
    afterAll(async () => {
      await apart?.close();
      await merged?.close();
      await rm(folder, { recursive: true, force: true });
    });

    test(
      "says what base and adapter say, and not what the base says",
      async () => {
        for (const content of ["What is the capital of France?", "Name three colours.", "What is a lighthouse?"]) {
          const messages: ChatMessage[] = [{ role: "user", content }];
          const greedy = { sampling: { temperature: 0, maxTokens: 12 }, timeoutMs: TIMEOUT_MS };
          const likely = { count: 20, timeoutMs: TIMEOUT_MS };
          const one = await merged.chat(messages, callOptions(greedy));
          const two = await apart.chat(messages, callOptions({ ...greedy, adapter: adapter.hash }));
          expect(one.text).toBe(two.text);
          const told = await merged.nextTokens!(messages, likely);
          expect(
            tokenDistance(told, await apart.nextTokens!(messages, { ...likely, adapter: adapter.hash })),
          ).toBeLessThan(0.02);
          expect(tokenDistance(told, await apart.nextTokens!(messages, likely))).toBeGreaterThan(0.02);
        }
      },
      TIMEOUT_MS,
    );
  });
}
