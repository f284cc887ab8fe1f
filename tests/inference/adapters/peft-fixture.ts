/** Writes small adapters as PEFT does: random weights from a seed, whole or wrong in one way. Layout: huggingface/safetensors, README.md. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";
import { type Hash, hashBytes } from "../../../src/core/hash.ts";
import { readSafetensors } from "../../../src/inference/adapters/safetensors.ts";
import { ggufLora } from "../lora-fixture.ts";

export interface TensorParts {
  shape: number[];
  dtype?: string;
  values?: number[];
}

export type SafetensorsHeader = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

/** A safetensors file of F32 tensors; `change` may spoil its header, and what it returns is written. */
export function safetensorsBytes(
  tensors: Record<string, TensorParts>,
  change: (header: SafetensorsHeader) => unknown = (header) => header,
): Uint8Array {
  const header: SafetensorsHeader = {};
  const data: number[] = [];
  for (const [name, { shape, dtype = "F32", values }] of Object.entries(tensors)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const start = data.length * 4;
    data.push(...(values ?? Array.from({ length: count }, (_, index) => Math.sin(index + data.length))));
    header[name] = { dtype, shape, data_offsets: [start, data.length * 4] };
  }
  const text = Buffer.from(JSON.stringify(change(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from(data).buffer)]);
}

export const tinyConfig = {
  peft_type: "LORA",
  base_model_name_or_path: "tiny",
  r: 2,
  lora_alpha: 4,
  bias: "none",
  use_dora: false,
  target_modules: ["q_proj", "down_proj"],
  rank_pattern: {},
  alpha_pattern: {},
};

/** A module of 4 in and 8 out, and one of 8 and 4, for rank 2. */
export const tinyTensors: Record<string, TensorParts> = {
  "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": { shape: [2, 4] },
  "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight": { shape: [8, 2] },
  "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight": { shape: [2, 8] },
  "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight": { shape: [4, 2] },
};

/** The same weights as a GGUF LoRA, but for `spoil`; another `title` gives another file. */
export async function writeTinyGguf(
  folder: string,
  { title, alpha = 4, spoil }: { title?: string; alpha?: number; spoil?: string } = {},
): Promise<{ path: string; hash: Hash }> {
  const names: Record<string, string> = { "self_attn.q_proj": "attn_q", "mlp.down_proj": "ffn_down" };
  const tensors = readSafetensors(safetensorsBytes(tinyTensors), "tiny").map(({ name, shape, bytes }) => {
    const [, module, half] = /layers\.0\.(.+)\.lora_([AB])/.exec(name) as unknown as [string, string, string];
    const values = [...new Float32Array(Uint8Array.from(bytes).buffer)];
    // Rows of q's B stand in another order in a GGUF.
    if (module === "self_attn.q_proj" && half === "B") values.push(...values.splice(0, 2));
    if (name.includes(spoil ?? "nothing")) values[0] = 7;
    return { name: `blk.0.${names[module]}.weight.lora_${half.toLowerCase()}`, shape: shape.toReversed(), values };
  });
  const bytes = ggufLora(tensors, alpha, title);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "tiny.gguf"), bytes);
  return { path: join(folder, "tiny.gguf"), hash: hashBytes(bytes) };
}

export async function writePeft(
  folder: string,
  { config = tinyConfig, weights = safetensorsBytes(tinyTensors) }: { config?: object; weights?: Uint8Array } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, peftConfigFile), JSON.stringify(config));
  await writeFile(join(folder, peftWeightsFile), weights);
  return folder;
}
