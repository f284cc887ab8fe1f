/** A LoRA adapter as one GGUF file. Layout: ggml-org/llama.cpp, `convert_lora_to_gguf.py` and `src/llama-adapter.cpp`. */
import { basename } from "node:path";
import type { AdapterShape } from "../../core/adapter.ts";
import { ConfigError } from "../../core/errors.ts";
import { type GgufHeader, type GgufTensor, readGgufHeader } from "../model-files/gguf.ts";

/** The types that are read: numbers of their own, so that sizes are plain. */
const typeNames: Readonly<Record<number, string>> = { 0: "F32", 1: "F16", 8: "Q8_0", 30: "BF16" };
const MOST_RANK = 4096;

export interface GgufLora {
  /** Of the base that it fits: `llama`. */
  architecture: string;
  shape: AdapterShape;
}

/** Reads and checks a file. Throws `ConfigError`: those of `readGgufHeader`, `bad-adapter`. */
export async function readGgufLora(path: string): Promise<GgufLora> {
  return summariseLora(await readGgufHeader(path), path);
}

/** The adapter that a header describes. Pure. Throws `ConfigError` `bad-adapter`. */
export function summariseLora(header: GgufHeader, path: string): GgufLora {
  const { metadata, tensors } = header;
  const kind = [metadata.get("general.type"), metadata.get("adapter.type")];
  if (kind[0] !== "adapter" || kind[1] !== "lora") {
    throw bad(path, `it says general.type ${String(kind[0])}, adapter.type ${String(kind[1])}`);
  }
  const architecture = metadata.get("general.architecture");
  const alpha = metadata.get("adapter.lora.alpha");
  if (typeof architecture !== "string" || architecture === "") throw bad(path, "it names no architecture");
  if (typeof alpha !== "number" || !Number.isFinite(alpha) || alpha <= 0) throw bad(path, "it has no usable alpha");
  checkData(tensors, path);
  const ranks = pairRanks(tensors, path);
  const shape = {
    rank: Math.max(...ranks.values()),
    alpha,
    targetModules: [...new Set([...ranks.keys()].map(moduleOf))].sort(),
    dtype: [...new Set(tensors.map(({ type }) => typeNames[type] as string))].sort().join("+"),
  };
  return { architecture, shape };
}

/** Known types, two dimensions, and no tensor over another. That none ends beyond the file is `readGgufHeader`'s. */
function checkData(tensors: readonly GgufTensor[], path: string): void {
  let end = 0;
  for (const tensor of tensors.toSorted((a, b) => a.offset - b.offset)) {
    const { name, shape, type, offset, sizeBytes } = tensor;
    if (typeNames[type] === undefined) throw bad(path, `tensor ${name} has type ${type}`);
    const sensible = shape.length === 2 && shape.every((size) => Number.isSafeInteger(size) && size > 0);
    if (!sensible || !Number.isSafeInteger(sizeBytes)) throw bad(path, `tensor ${name} has shape [${shape}]`);
    if (offset < end) throw bad(path, `tensor ${name} begins at byte ${offset}, inside another`);
    end = offset + sizeBytes;
  }
}

/** Rank by the name of the base's tensor. */
function pairRanks(tensors: readonly GgufTensor[], path: string): Map<string, number> {
  const halves = new Map<string, { a?: GgufTensor; b?: GgufTensor }>();
  for (const tensor of tensors) {
    const [, name, half] = (/^(.+)\.lora_([ab])$/.exec(tensor.name) ?? []) as [unknown?, string?, ("a" | "b")?];
    if (name === undefined || half === undefined) throw bad(path, `tensor ${tensor.name} is no part of a LoRA`);
    const pair = halves.get(name) ?? {};
    if (pair[half] !== undefined) throw bad(path, `tensor ${tensor.name} is there twice`);
    halves.set(name, { ...pair, [half]: tensor });
  }
  if (halves.size === 0) throw bad(path, "it has no tensors");
  const ranks = new Map<string, number>();
  for (const [name, { a, b }] of halves) {
    if (a === undefined || b === undefined) throw bad(path, `${name} has only one of lora_a and lora_b`);
    const rank = a.shape[1] as number;
    if (rank !== b.shape[0] || rank > MOST_RANK) {
      throw bad(path, `${name} has lora_a of shape [${a.shape}] and lora_b of shape [${b.shape}]`);
    }
    ranks.set(name, rank);
  }
  return ranks;
}

/** `blk.3.attn_q.weight` is `attn_q`. */
function moduleOf(tensor: string): string {
  return tensor.replace(/^blk\.\d+\./, "").replace(/\.weight$/, "");
}

function bad(path: string, why: string): ConfigError {
  return new ConfigError(`${basename(path)} is no GGUF LoRA that can be used: ${why}. Convert the adapter again.`, {
    code: "bad-adapter",
    data: { path },
  });
}
