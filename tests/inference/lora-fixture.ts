/**
 * Writes a LoRA adapter as GGUF with random weights from a seed: of no use to anybody, but it changes what a model says. For SmolLM2-135M.
 * Only `ffn_down` is adapted: the rows of q and k stand in another order in a GGUF than in PEFT, which matters to weights that mean something.
 * Source of the layout: ggml-org/llama.cpp, `convert_lora_to_gguf.py`.
 */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Of SmolLM2-135M. */
const EMBEDDING = 576;
const FEED_FORWARD = 1536;
const LAYERS = [10, 15, 20];
const RANK = 4;
const STRENGTH = 2;

/** The file lies in a folder named by its hash, as adapters of automem do. `strength` 0 gives noughts: the base itself. */
export async function writeLora(
  folder: string,
  seed: number,
  strength = STRENGTH,
): Promise<{ path: string; hash: string }> {
  const bytes = loraBytes(seed, strength);
  const hash = createHash("sha256").update(bytes).digest("hex");
  await mkdir(join(folder, hash), { recursive: true });
  const path = join(folder, hash, "adapter.gguf");
  await writeFile(path, bytes);
  return { path, hash };
}

function loraBytes(seed: number, strength: number): Buffer {
  const random = seededRandom(seed);
  const tensors = LAYERS.flatMap((layer) => [
    { name: `blk.${layer}.ffn_down.weight.lora_a`, shape: [FEED_FORWARD, RANK] },
    { name: `blk.${layer}.ffn_down.weight.lora_b`, shape: [RANK, EMBEDDING] },
  ]).map((tensor) => {
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    return { ...tensor, values: Array.from({ length: count }, () => strength * (random() - 0.5)) };
  });
  return ggufLora(tensors, RANK);
}

export interface LoraTensor {
  name: string;
  /** Innermost dimension first. */
  shape: number[];
  values: number[];
}

/** The file of F32 tensors whose sizes are multiples of 32 bytes; another `title` gives another file of the same weights. */
export function ggufLora(tensors: readonly LoraTensor[], alpha: number, title = "random"): Buffer {
  const metadata = [
    [text("general.type"), u32(8), text("adapter")],
    [text("general.architecture"), u32(8), text("llama")],
    [text("adapter.type"), u32(8), text("lora")],
    [text("adapter.lora.alpha"), u32(6), f32(alpha)],
    [text("general.name"), u32(8), text(title)],
  ];
  let offset = 0;
  const infos = tensors.map(({ name, shape, values }) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)]);
    offset += values.length * 4;
    return info;
  });
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(3),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata.flat(),
    ...infos,
  ]);
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32);
  const values = tensors.map((tensor) => Buffer.from(Float32Array.from(tensor.values).buffer));
  return Buffer.concat([header, padding, ...values]);
}

/** mulberry32: the same numbers from the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
