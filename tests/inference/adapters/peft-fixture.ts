/** Writes small adapters as PEFT does: random weights from a seed, whole or wrong in one way. Layout: huggingface/safetensors, README.md. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { peftConfigFile, peftWeightsFile } from "../../../src/core/adapter.ts";

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

/** A module of 4 in and 6 out, and one of 8 and 4, for rank 2. */
export const tinyTensors: Record<string, TensorParts> = {
  "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": { shape: [2, 4] },
  "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight": { shape: [6, 2] },
  "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight": { shape: [2, 8] },
  "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight": { shape: [4, 2] },
};

export async function writePeft(
  folder: string,
  { config = tinyConfig, weights = safetensorsBytes(tinyTensors) }: { config?: object; weights?: Uint8Array } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, peftConfigFile), JSON.stringify(config));
  await writeFile(join(folder, peftWeightsFile), weights);
  return folder;
}
