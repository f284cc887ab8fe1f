/** The pure parts of the llama-server provider. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findAdapter, loraScales } from "../../../src/inference/llama-server/adapters.ts";
import { toRequest } from "../../../src/inference/llama-server/convert-messages.ts";
import { mapFinish } from "../../../src/inference/llama-server/map-finish.ts";
import { SlotChooser } from "../../../src/inference/llama-server/slots.ts";
import { toUsage } from "../../../src/inference/llama-server/usage.ts";

const parts = { tokens: [1, 2, 3], sampling: { temperature: 0, maxTokens: 8 }, slot: 1, lora: [] };

describe("toRequest", () => {
  test("turns off every sampler of the server that was not asked for", () => {
    expect(toRequest(parts)).toMatchObject({
      prompt: [1, 2, 3],
      id_slot: 1,
      n_predict: 8,
      temperature: 0,
      top_k: 0,
      top_p: 1,
      min_p: 0,
      repeat_penalty: 1,
      dry_multiplier: 0,
    });
    expect(Object.keys(toRequest(parts))).not.toContain("lora");
  });

  test("sends samplers, stop texts, seed, grammar and every adapter's scale where there are any", () => {
    const sampling = { temperature: 1, maxTokens: 8, topK: 5, topP: 0.5, minP: 0.1, seed: 7, stop: ["END"] };
    const lora = [
      { id: 0, scale: 0 },
      { id: 1, scale: 1 },
    ];
    expect(toRequest({ ...parts, sampling, lora, grammar: { form: "gbnf", text: "root ::= x" } })).toMatchObject({
      top_k: 5,
      top_p: 0.5,
      min_p: 0.1,
      seed: 7,
      stop: ["END"],
      grammar: "root ::= x",
      lora,
    });
  });
});

describe("adapters", () => {
  const loaded = [
    { id: 0, path: `/a/${"1".repeat(64)}/adapter.gguf` },
    { id: 3, path: "/b/other.gguf" },
  ];
  test("the base has every scale at nought, in every request", () => {
    expect(loraScales(loaded, undefined)).toEqual([
      { id: 0, scale: 0 },
      { id: 3, scale: 0 },
    ]);
  });
  test("an adapter has its own at one and the others at nought", () => {
    expect(loraScales(loaded, 3)).toEqual([
      { id: 0, scale: 0 },
      { id: 3, scale: 1 },
    ]);
  });
  test("is found by the hash in its path, an id of 0 too", () => {
    expect(findAdapter(loaded, "1".repeat(64))).toBe(0);
    expect(findAdapter(loaded, "2".repeat(64))).toBeUndefined();
  });
});

test.each([
  ["eos", "stop"],
  ["word", "stop"],
  ["limit", "length"],
  ["none", undefined],
  [null, undefined],
] as const)("stop_type %s is %s", (stopType, reason) => {
  expect(mapFinish(stopType)).toBe(reason as never);
});

test("cached tokens are the ones of the prompt, not the fill of the slot", () => {
  const event = { tokens_evaluated: 40, tokens_predicted: 5, tokens_cached: 45, timings: { cache_n: 30 } };
  expect(toUsage(event as never)).toEqual({ promptTokens: 40, cachedTokens: 30, generatedTokens: 5 });
});

describe("SlotChooser", () => {
  const use = (slots: SlotChooser, key: string | undefined, adapter?: string): number => {
    const id = slots.take(key, adapter);
    slots.release(id);
    return id;
  };

  test("a conversation keeps its slot while others come and go", () => {
    const slots = new SlotChooser(3);
    const log = use(slots, "ep1/log");
    const plan = use(slots, "ep1/plan");
    expect(plan).not.toBe(log);
    expect([use(slots, "ep1/log"), use(slots, "ep1/plan")]).toEqual([log, plan]);
  });

  test("its own slot is waited for even while it works", () => {
    const slots = new SlotChooser(2);
    const busy = slots.take("ep1/log", undefined);
    expect(slots.take("ep1/log", undefined)).toBe(busy);
  });

  test("the least recently used slot is given away", () => {
    const slots = new SlotChooser(2);
    const [a, b] = [use(slots, "a"), use(slots, "b")];
    use(slots, "a");
    expect(use(slots, "c")).toBe(b);
    expect(use(slots, "a")).toBe(a);
  });

  test("a slot of the same adapter goes before an older one of another, whose cache would be lost", () => {
    const slots = new SlotChooser(2);
    const base = use(slots, "a");
    const tuned = use(slots, "a", "x");
    expect(use(slots, "b", "x")).toBe(tuned);
    expect(use(slots, "b")).toBe(base);
  });

  test("never gives a busy slot to another conversation while one is free", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ key: fc.integer({ min: 0, max: 5 }), adapter: fc.boolean(), end: fc.boolean() })),
        (count, steps) => {
          const slots = new SlotChooser(count);
          const running: { id: number; name: string }[] = [];
          for (const { key, adapter, end } of steps) {
            if (end) {
              const done = running.shift();
              if (done !== undefined) slots.release(done.id);
              continue;
            }
            const name = `${key}${adapter}`;
            const id = slots.take(String(key), adapter ? "x" : undefined);
            expect(id).toBeGreaterThanOrEqual(0);
            expect(id).toBeLessThan(count);
            const others = running.filter((call) => call.id === id && call.name !== name);
            const free = count - new Set(running.map((call) => call.id)).size;
            const own = running.some((call) => call.id === id && call.name === name);
            if (others.length > 0 && !own) expect(free).toBe(0);
            running.push({ id, name });
          }
        },
      ),
    );
  });
});
