/** Adapters of the embedded engine with the real model: two random LoRAs over one set of weights. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel } from "../../src/core/chat-model.ts";
import { hashBytes } from "../../src/core/hash.ts";
import { tokenDistance, verifyAdapter } from "../../src/inference/adapters/verify.ts";
import { writeLora } from "./lora-fixture.ts";
import { findRealModels, REAL_MODEL } from "./real-models.ts";
import { callOptions, faultOf, open } from "./support.ts";

const real = await findRealModels();
const TIMEOUT_MS = 240_000;
const CONTEXT_TOKENS = 256;
const user = (content: string): ChatMessage[] => [{ role: "user", content }];

if (typeof real === "string") test.skip(`adapters of the real engine: ${real}`, () => undefined);
else {
  const { deps } = real;
  const openModel = () => open(`llama-cpp:${REAL_MODEL}`, deps, { contextTokens: CONTEXT_TOKENS, sequences: 1 });
  const slow = (sentence: string, work: () => Promise<void>) => test(sentence, work, TIMEOUT_MS);
  const first = `${"The door is north of the well. ".repeat(4)} What do you see?`;
  const other = `${"A wolf waits east of the tower. ".repeat(4)} Where do you go?`;

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
    const next = (text: string, adapter?: string, of = model) =>
      of.nextTokens!(user(text), { count: 20, cacheKey: "one", adapter, timeoutMs: TIMEOUT_MS });

    slow(
      "base and both adapters differ; a prompt under X, another under Y, the first under Y is as from a cold start",
      async () => {
        const cold = await openModel();
        try {
          await cold.adapters!.load(y);
          const base = await ask(first, undefined, cold);
          await ask(other, y.hash, cold);
          const expected = { text: await ask(first, y.hash, cold), next: await next(first, y.hash, cold) };

          const underX = await ask(first, x.hash);
          await ask(other, y.hash);
          expect(await ask(first, y.hash)).toBe(expected.text);
          expect(tokenDistance(await next(first, y.hash), expected.next)).toBeLessThan(0.01);
          expect(await ask(first)).toBe(base);
          expect(new Set([base, underX, expected.text]).size).toBe(3);
        } finally {
          await cold.close();
        }
      },
    );

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

    slow("both are verified by log-probabilities", async () => {
      const found = await verifyAdapter(model, x.hash);
      expect(found.method).toBe("log-probabilities");
      expect(found.apart).toBeGreaterThan(0.2);
      expect([found.mixed, found.control].every((distance) => distance < 0.01)).toBe(true);
    });

    slow("an adapter of noughts loads, and is not verified: it answers as the base does", async () => {
      const nought = await writeLora(folder, 3, 0);
      await model.adapters!.load(nought);
      const fault = await faultOf(verifyAdapter(model, nought.hash));
      expect([fault.code, fault.message.includes("as the base does")]).toEqual(["adapter-unverified", true]);
      await model.adapters!.unload(nought.hash);
    });

    slow("a prompt too long is an error under an adapter too, and the next call is answered", async () => {
      const fault = await faultOf(model.chat(user("north ".repeat(CONTEXT_TOKENS)), options(x.hash)));
      expect([fault.code, fault.data.contextTokens]).toEqual(["context-overflow", CONTEXT_TOKENS]);
      expect(await ask(first, x.hash)).toBe(await ask(first, x.hash));
    });

    slow("an unknown adapter is refused, and so is one that was unloaded, until it is loaded again", async () => {
      expect((await faultOf(model.chat(user(first), options("0".repeat(64))))).code).toBe("refused");
      // From the same state of the cache: low bits differ between warm and cold.
      const answer = async () => {
        await ask(other, y.hash);
        return next(first, y.hash);
      };
      const before = await answer();
      await model.adapters!.unload(y.hash);
      expect((await faultOf(model.chat(user(first), options(y.hash)))).code).toBe("refused");
      expect(await model.adapters!.loaded()).toEqual([x.hash]);
      await model.adapters!.load(y);
      expect(tokenDistance(await answer(), before)).toBeLessThan(0.01);
    });

    slow("new weights under an old name, or in an old place, are refused, and the old ones stay", async () => {
      const z = await writeLora(folder, 4);
      const before = await ask(first, x.hash);
      const asX = await faultOf(model.adapters!.load({ hash: x.hash, path: x.path, sha256: z.hash }));
      expect([asX.code, asX.message.includes("SHA-256")]).toEqual(["refused", true]);
      const named = join(folder, x.hash, "z.gguf");
      await writeFile(named, await Bun.file(z.path).bytes());
      const taken = await faultOf(model.adapters!.load({ hash: x.hash, path: named, sha256: z.hash }));
      expect([taken.code, taken.message.includes("other weights")]).toEqual(["refused", true]);
      await writeFile(y.path, await Bun.file(z.path).bytes());
      expect((await faultOf(model.adapters!.load(y))).code).toBe("refused");
      expect(await ask(first, x.hash)).toBe(before);
    });

    slow(
      "a file that is no adapter of this model is refused with llama.cpp's reason, and the engine lives on",
      async () => {
        const bytes = Buffer.from("GGUF, or so it says");
        const hash = hashBytes(bytes);
        await mkdir(join(folder, hash));
        const path = join(folder, hash, "adapter.gguf");
        await writeFile(path, bytes);
        const fault = await faultOf(model.adapters!.load({ hash, path }));
        expect([fault.code, fault.message.includes("cannot be used")]).toEqual(["refused", true]);
        const gone = await faultOf(model.adapters!.load({ hash, path: `${path}.gone` }));
        expect(gone.message).toContain("cannot be read");
        expect((await ask(first)).length).toBeGreaterThan(0);
      },
    );
  });
}
