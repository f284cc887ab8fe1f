/**
 * The conformance suite of `AdapterLoader`: what a provider promises that takes adapters while it runs. On a real server with real weights,
 * since what goes wrong there is in its caches. Answers are compared by the probabilities of the first token; warm and cold caches differ in low bits.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage, ChatModel, NextToken } from "../../src/core/chat-model.ts";
import { hashBytes } from "../../src/core/hash.ts";
import { tokenDistance, verifyAdapter } from "../../src/inference/adapters/verify.ts";
import { writeLora } from "../inference/lora-fixture.ts";
import { faultOf } from "../inference/support.ts";
import { CONFORMANCE_CONTEXT_TOKENS } from "./chat-model.ts";

export interface AdapterLoaderSubject {
  /** Opens SmolLM2-135M with a context of 512 tokens and caches on; `fresh`: with nothing in the server's caches. */
  open: (fresh: boolean) => Promise<ChatModel>;
  /** Milliseconds for one test. */
  timeoutMs: number;
}

/** Answers of one adapter from a warm and from a cold cache are nearer than this (measured: up to 0.13), those of two further apart (0.8). */
const same = 0.2;
const apart = 0.4;

const user = (content: string): ChatMessage[] => [{ role: "user", content }];
const first = `${"The door is north of the well. ".repeat(4)} What do you see?`;
const other = `${"A wolf waits east of the tower. ".repeat(4)} Where do you go?`;

/** Declares the tests. */
export function adapterLoaderConformance(name: string, { open, timeoutMs }: AdapterLoaderSubject): void {
  describe(`${name} keeps the AdapterLoader contract`, () => {
    let folder: string;
    let x: { path: string; hash: string };
    let y: { path: string; hash: string };
    let model: ChatModel;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "automem-test-lora-"));
      x = await writeLora(folder, 1);
      y = await writeLora(folder, 2);
    }, timeoutMs);
    afterAll(async () => {
      await model?.close();
      await rm(folder, { recursive: true, force: true });
    });
    const check = (sentence: string, work: () => Promise<void>) => test(sentence, work, timeoutMs);
    const next = (prompt: string, adapter?: string, of = model, cacheKey = "one") =>
      of.nextTokens!(user(prompt), { count: 20, cacheKey, adapter, timeoutMs });
    const ask = (prompt: string, adapter?: string, cacheKey = "one") =>
      model.chat(user(prompt), { sampling: { temperature: 0, maxTokens: 8 }, timeoutMs, cacheKey, adapter });

    check(
      "a prompt under X, another under Y, the first under Y is as from a cold start, and the base too",
      async () => {
        const cold: Record<"base" | "x" | "y", NextToken[]> = { base: [], x: [], y: [] };
        const reference = await open(true);
        try {
          await reference.adapters!.load(x);
          await reference.adapters!.load(y);
          cold.base = await next(first, undefined, reference);
          cold.x = await next(first, x.hash, reference);
          cold.y = await next(first, y.hash, reference);
        } finally {
          await reference.close();
        }
        model = await open(false);
        for (const adapter of [x, y]) await model.adapters!.load(adapter);
        const underX = await next(first, x.hash);
        await next(other, y.hash);
        expect(tokenDistance(await next(first, y.hash), cold.y)).toBeLessThan(same);
        expect(tokenDistance(await next(first), cold.base)).toBeLessThan(same);
        expect(tokenDistance(underX, cold.x)).toBeLessThan(same);
        for (const [one, two] of [
          [cold.base, cold.x],
          [cold.base, cold.y],
          [cold.x, cold.y],
        ] as const) {
          expect(tokenDistance(one, two)).toBeGreaterThan(apart);
        }
      },
    );

    check("says which adapters it has, and what it is capable of", async () => {
      expect(model.capabilities.adapters).toBe("runtime");
      expect(await model.adapters!.loaded()).toEqual([x.hash, y.hash].sort());
    });

    check("loading one that is loaded changes nothing, nor does unloading one that is not", async () => {
      const before = await next(first, x.hash);
      await model.adapters!.load(x);
      await model.adapters!.unload("0".repeat(64));
      expect(await model.adapters!.loaded()).toEqual([x.hash, y.hash].sort());
      expect(tokenDistance(await next(first, x.hash), before)).toBeLessThan(same);
    });

    check("base and adapters answer at the same time, each for itself", async () => {
      const who = [undefined, x.hash, y.hash];
      const alone: NextToken[][] = [];
      for (const adapter of who) alone.push(await next(first, adapter));
      const together = await Promise.all(who.map((adapter) => next(first, adapter)));
      for (const [index, answer] of together.entries()) {
        expect(tokenDistance(answer, alone[index]!)).toBeLessThan(same);
      }
    });

    check("an adapter is verified by log-probabilities", async () => {
      const found = await verifyAdapter(model, x.hash);
      expect(found.method).toBe("log-probabilities");
      expect(found.apart).toBeGreaterThan(apart);
      expect([found.mixed < same, found.control < same]).toEqual([true, true]);
    });

    check("an adapter of noughts loads, and is not verified: it answers as the base does", async () => {
      const nought = await writeLora(folder, 3, 0);
      await model.adapters!.load(nought);
      const fault = await faultOf(verifyAdapter(model, nought.hash));
      expect([fault.code, fault.message.includes("as the base does")]).toEqual(["adapter-unverified", true]);
      await model.adapters!.unload(nought.hash);
    });

    check("a prompt too long is an error in LOG and in PLAN, and the next call is answered", async () => {
      const long = "north ".repeat(CONFORMANCE_CONTEXT_TOKENS);
      for (const [cacheKey, adapter] of [
        ["specialist/e/log", x.hash],
        ["specialist/e/plan", x.hash],
        ["e/plan", undefined],
      ] as const) {
        await ask(first, adapter, cacheKey);
        const fault = await faultOf(ask(long, adapter, cacheKey));
        expect([fault.code, fault.retryable]).toEqual(["context-overflow", false]);
        expect(fault.data.contextTokens).toBe(CONFORMANCE_CONTEXT_TOKENS);
      }
      expect(typeof (await ask(first, x.hash)).text).toBe("string");
    });

    check("an unknown adapter is refused, and so is one that was unloaded, until it is loaded again", async () => {
      expect((await faultOf(ask(first, "0".repeat(64)))).code).toBe("refused");
      const before = await next(first, y.hash);
      await model.adapters!.unload(y.hash);
      expect((await faultOf(ask(first, y.hash))).code).toBe("refused");
      expect((await faultOf(next(first, y.hash))).code).toBe("refused");
      expect(await model.adapters!.loaded()).toEqual([x.hash]);
      await model.adapters!.load(y);
      expect(tokenDistance(await next(first, y.hash), before)).toBeLessThan(same);
    });

    check("new weights under an old name, or in an old place, are refused, and the old ones stay", async () => {
      const z = await writeLora(folder, 4);
      const before = await next(first, x.hash);
      expect((await faultOf(model.adapters!.load({ hash: x.hash, path: x.path, sha256: z.hash }))).code).toBe(
        "refused",
      );
      const named = join(folder, x.hash, "z.gguf");
      await writeFile(named, await Bun.file(z.path).bytes());
      const taken = await faultOf(model.adapters!.load({ hash: x.hash, path: named, sha256: z.hash }));
      expect([taken.code, taken.message.includes("other weights")]).toEqual(["refused", true]);
      const loose = await faultOf(model.adapters!.load({ ...z, path: join(folder, "z.gguf") }));
      expect(loose.code).toBe("bad-adapter-path");
      const old = await Bun.file(y.path).bytes();
      await writeFile(y.path, await Bun.file(z.path).bytes());
      expect((await faultOf(model.adapters!.load(y))).code).toBe("refused");
      await writeFile(y.path, old);
      expect(tokenDistance(await next(first, x.hash), before)).toBeLessThan(same);
    });

    check("a file that is no adapter of this model is refused, and the server lives on", async () => {
      const bytes = Buffer.from("GGUF, or so it says");
      const hash = hashBytes(bytes);
      await mkdir(join(folder, hash));
      const path = join(folder, hash, "adapter.gguf");
      await writeFile(path, bytes);
      const fault = await faultOf(model.adapters!.load({ hash, path }));
      expect([fault.code, fault.message.includes("cannot be used")]).toEqual(["refused", true]);
      const gone = await faultOf(model.adapters!.load({ hash, path: `${path}.gone` }));
      expect(gone.message).toContain("cannot be read");
      expect(await model.adapters!.loaded()).not.toContain(hash);
      expect((await next(first)).length).toBe(20);
    });
  });
}
