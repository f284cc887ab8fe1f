/** Adapters from outside: what is whole is read, what is hostile or no LoRA is refused with the reason. */
import { afterAll, describe, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";
import { ConfigError } from "../../../src/core/errors.ts";
import { readGgufLora, summariseLora } from "../../../src/inference/adapters/gguf-lora.ts";
import { readPeftFolder } from "../../../src/inference/adapters/peft-folder.ts";
import { readSafetensors } from "../../../src/inference/adapters/safetensors.ts";
import type { GgufHeader, GgufTensor } from "../../../src/inference/model-files/gguf.ts";
import { freshFolder, removeFolders } from "../../store/support.ts";
import { writeLora } from "../lora-fixture.ts";
import { faultOf } from "../support.ts";
import { type SafetensorsHeader, safetensorsBytes, tinyConfig, tinyTensors, writePeft } from "./peft-fixture.ts";

afterAll(removeFolders);

describe("readSafetensors", () => {
  test("gives names, shapes and the bytes of each tensor", () => {
    const bytes = safetensorsBytes({ one: { shape: [2, 3] }, two: { shape: [1], values: [7] } });
    const [one, two] = readSafetensors(bytes, "x");
    expect([one?.name, one?.shape, one?.bytes.length]).toEqual(["one", [2, 3], 24]);
    expect(new DataView(Uint8Array.from(two!.bytes).buffer).getFloat32(0, true)).toBe(7);
  });

  const spoiled: [string, (header: SafetensorsHeader) => unknown][] = [
    ["a tensor beyond the file", (h) => ({ ...h, two: { ...h.two, data_offsets: [24, 2400], shape: [594] } })],
    ["a tensor inside another", (h) => ({ ...h, two: { ...h.two, data_offsets: [0, 4] } })],
    ["a gap", ({ two }) => ({ two })],
    ["bytes that are nobody's", ({ one }) => ({ one })],
    ["a shape that needs more than it has", (h) => ({ ...h, one: { ...h.one, shape: [1e15, 1e15] } })],
    ["a negative offset", (h) => ({ ...h, one: { ...h.one, data_offsets: [-24, 0] } })],
    ["an offset that is no whole number", (h) => ({ ...h, one: { ...h.one, data_offsets: [0.5, 24.5] } })],
    ["whole numbers for weights", (h) => ({ ...h, one: { ...h.one, dtype: "I64" } })],
    ["fields it does not know", (h) => ({ ...h, one: { ...h.one, file: "/etc/passwd" } })],
    ["a list for a header", () => []],
    ["nothing for a header", () => null],
  ];
  for (const [what, change] of spoiled) {
    test(`refuses ${what}`, () => {
      const bytes = safetensorsBytes({ one: { shape: [2, 3] }, two: { shape: [1] } }, change);
      expect(() => readSafetensors(bytes, "weights")).toThrow(/weights is not a safetensors file/);
    });
  }

  test("refuses a header that claims to be longer than the file, before anything is read", () => {
    const bytes = Buffer.from(safetensorsBytes({ one: { shape: [1] } }));
    bytes.writeBigUInt64LE(2n ** 63n);
    expect(() => readSafetensors(bytes, "x")).toThrow("header claims");
    expect(() => readSafetensors(new Uint8Array(3), "x")).toThrow("shorter than a header");
  });

  test("any damage to the bytes is a ConfigError or harmless, never another fault", () => {
    const whole = Buffer.from(safetensorsBytes(tinyTensors));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(40), (at, value, cut) => {
        const bytes = Buffer.from(whole.subarray(0, whole.length - cut));
        if (at < bytes.length) bytes[at] = value;
        try {
          const total = readSafetensors(bytes, "x").reduce((sum, tensor) => sum + tensor.bytes.length, 0);
          expect(total).toBeLessThanOrEqual(bytes.length);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

describe("readPeftFolder", () => {
  test("says rank, alpha, modules and type, and what is no part of an adapter", async () => {
    const folder = await writePeft(freshFolder());
    await writeFile(join(folder, "README.md"), "made by hand");
    const { shape, leftOut, pairs } = await readPeftFolder(folder);
    expect(shape).toEqual({ rank: 2, alpha: 4, targetModules: ["down_proj", "q_proj"], dtype: "F32" });
    expect(leftOut).toEqual(["README.md"]);
    expect(pairs.map(({ module }) => module)).toEqual([
      "model.layers.0.mlp.down_proj",
      "model.layers.0.self_attn.q_proj",
    ]);
  });

  test("a folder without weights says which file is missing; pickled weights are never read", async () => {
    const folder = freshFolder();
    await writeFile(join(folder, peftConfigFile), JSON.stringify(tinyConfig));
    await writeFile(join(folder, "adapter_model.bin"), "cos\nsystem\n");
    const fault = await faultOf(readPeftFolder(folder));
    expect(fault.code).toBe("no-adapter");
    expect(fault.message).toContain(peftWeightsFile);
    expect(fault.message).toContain("safe_serialization");
  });

  for (const [field, value] of Object.entries({
    peft_type: "IA3",
    r: 0,
    lora_alpha: -1,
    use_dora: true,
    bias: "all",
    modules_to_save: ["lm_head"],
    alpha_pattern: { q_proj: 8 },
  })) {
    test(`refuses a configuration whose ${field} is ${JSON.stringify(value)}`, async () => {
      const folder = await writePeft(freshFolder(), { config: { ...tinyConfig, [field]: value } });
      const fault = await faultOf(readPeftFolder(folder));
      expect([fault.code, fault.message.includes(field)]).toEqual(["bad-adapter-config", true]);
    });
  }

  const [nameA, nameB] = Object.keys(tinyTensors) as [string, string];
  for (const [what, tensors] of Object.entries({
    "an A without its B": { [nameA]: { shape: [2, 4] } },
    "ranks that differ": { [nameA]: { shape: [2, 4] }, [nameB]: { shape: [6, 3] } },
    "a rank that is not the configuration's": { [nameA]: { shape: [3, 4] }, [nameB]: { shape: [6, 3] } },
    "a tensor of another kind": { "base_model.model.lm_head.weight": { shape: [2, 4] } },
    "three dimensions": { [nameA]: { shape: [2, 4, 1] }, [nameB]: { shape: [6, 2] } },
    "no tensors": {},
  })) {
    test(`refuses weights with ${what}`, async () => {
      const folder = await writePeft(freshFolder(), { weights: safetensorsBytes(tensors) });
      expect((await faultOf(readPeftFolder(folder))).code).toBe("bad-adapter");
    });
  }
});

describe("readGgufLora", () => {
  test("says for which architecture, rank, alpha, modules and type", async () => {
    const { path } = await writeLora(freshFolder(), 1);
    expect(await readGgufLora(path)).toEqual({
      architecture: "llama",
      shape: { rank: 4, alpha: 4, targetModules: ["ffn_down"], dtype: "F32" },
    });
  });

  const metadata = new Map<string, string | number>([
    ["general.type", "adapter"],
    ["adapter.type", "lora"],
    ["general.architecture", "llama"],
    ["adapter.lora.alpha", 8],
  ]);
  const a: GgufTensor = { name: "blk.0.attn_q.weight.lora_a", shape: [4, 2], type: 0, offset: 0, sizeBytes: 32 };
  const b: GgufTensor = { name: "blk.0.attn_q.weight.lora_b", shape: [2, 6], type: 0, offset: 32, sizeBytes: 48 };
  const header = (parts: Partial<GgufHeader>): GgufHeader => ({
    metadata,
    tensors: [a, b],
    tensorCount: 2,
    dataStart: 0,
    neededBytes: 80,
    ...parts,
  });
  const without = (key: string, value?: string | number) => {
    const changed = new Map(metadata);
    changed.delete(key);
    return value === undefined ? changed : changed.set(key, value);
  };

  test("reads that header", () => {
    expect(summariseLora(header({}), "x").shape.rank).toBe(2);
  });

  for (const [what, parts] of Object.entries<Partial<GgufHeader>>({
    "a whole model": { metadata: without("general.type", "model") },
    "another kind of adapter": { metadata: without("adapter.type", "control_vector") },
    "no architecture": { metadata: without("general.architecture") },
    "no alpha": { metadata: without("adapter.lora.alpha") },
    "an alpha that is no number": { metadata: without("adapter.lora.alpha", Number.NaN) },
    "no tensors": { tensors: [] },
    "half a pair": { tensors: [a] },
    "the same half twice": { tensors: [a, { ...a, offset: 32 }] },
    "ranks that differ": { tensors: [a, { ...b, shape: [3, 4] }] },
    "three dimensions": { tensors: [{ ...a, shape: [4, 2, 1] }, b] },
    "a dimension of nought": { tensors: [{ ...a, shape: [0, 2] }, b] },
    "sizes beyond all numbers": { tensors: [{ ...a, shape: [2 ** 60, 2] }, b] },
    "one tensor inside another": { tensors: [a, { ...b, offset: 16 }] },
    "an unknown type": { tensors: [{ ...a, type: 999 }, b] },
    "a tensor of a model": { tensors: [a, b, { ...a, name: "output.weight", offset: 80 }] },
  })) {
    test(`refuses ${what}`, () => {
      expect(() => summariseLora(header(parts), "x.gguf")).toThrow(/x.gguf is no GGUF LoRA/);
    });
  }

  test("refuses one that was cut short", async () => {
    const { path } = await writeLora(freshFolder(), 1);
    const bytes = await Bun.file(path).bytes();
    await writeFile(path, bytes.subarray(0, bytes.length - 1));
    expect((await faultOf(readGgufLora(path))).code).toBe("truncated-gguf");
  });
});
