/**
 * Whether a GGUF LoRA was made of a PEFT folder. The GGUF is what answers under the folder's name, so it must not be another adapter's.
 * Rows of q and k stand in another order in a GGUF, values do not: A is compared as it is, B as what it holds.
 */
import { type FileHandle, open } from "node:fs/promises";
import { ConfigError } from "../../core/errors.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { type GgufHeader, readGgufHeader } from "../model-files/gguf.ts";
import type { PeftAdapter } from "./peft-folder.ts";

const F32 = 0;

/** Both files were read and are whole adapters. Throws `ConfigError` `other-adapter`. Of other types than F32 only shapes are compared. */
export async function checkSameWeights(peft: PeftAdapter, gguf: string): Promise<void> {
  const header = await readGgufHeader(gguf);
  const tensors = peft.pairs.flatMap(({ a, b }) => [a, b]);
  const shapes = tensors.map(({ shape }) => shape.toReversed().join("x")).sort();
  const found = header.tensors.map(({ shape }) => shape.join("x")).sort();
  if (!equal(shapes, found)) throw other(gguf, "its tensors have other shapes");
  const alpha = header.metadata.get("adapter.lora.alpha");
  const scaled = peft.config.use_rslora ? peft.config.lora_alpha * Math.sqrt(peft.config.r) : peft.config.lora_alpha;
  if (typeof alpha !== "number" || Math.abs(alpha - scaled) > 1e-3 * scaled) {
    throw other(gguf, `its alpha is ${String(alpha)}, not ${scaled}`);
  }
  const plain = tensors.every(({ dtype }) => dtype === "F32") && header.tensors.every(({ type }) => type === F32);
  if (!plain) return;
  const expected = tensors.map(({ name, bytes }) => valuesHash(bytes, name.includes(".lora_B."))).sort();
  if (!equal(expected, await hashesOf(gguf, header))) throw other(gguf, "its weights are others");
}

async function hashesOf(path: string, header: GgufHeader): Promise<Hash[]> {
  const file = await open(path, "r");
  try {
    const hashes: Hash[] = [];
    for (const { name, offset, sizeBytes } of header.tensors) {
      hashes.push(valuesHash(await readAt(file, header.dataStart + offset, sizeBytes), name.endsWith(".lora_b")));
    }
    return hashes.sort();
  } finally {
    await file.close();
  }
}

/** Of F32 values, in order; of those whose rows may stand in another order, sorted. */
function valuesHash(bytes: Uint8Array, sorted: boolean): Hash {
  if (!sorted) return hashBytes(bytes);
  const words = new Uint32Array(Uint8Array.from(bytes).buffer).sort();
  return hashBytes(new Uint8Array(words.buffer));
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length)
    throw new Error(`${length} bytes at ${position} are not there, though the header was checked`);
  return bytes;
}

function equal(one: readonly string[], two: readonly string[]): boolean {
  return one.length === two.length && one.every((item, index) => item === two[index]);
}

function other(gguf: string, why: string): ConfigError {
  return new ConfigError(`${gguf} was not made of this PEFT folder: ${why}. Convert the folder's adapter.`, {
    code: "other-adapter",
  });
}
