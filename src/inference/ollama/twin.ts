/**
 * A twin of a model's weights: the same GGUF with one more entry in its metadata. Ollama keeps one runner for each file of weights and starts
 * it anew when the adapter changes, so a base and the base with an adapter stay loaded together only over two files. The entry names the
 * adapter, so no two adapters share a runner either, nor the cache of prompts in it.
 * Source: ollama/ollama v0.17.4, `server/sched.go` (runners by path, `needsReload`). Format: ggml-org/ggml, `docs/gguf.md`.
 */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Hash } from "../../core/hash.ts";
import { readGgufHeader } from "../model-files/gguf.ts";
import { STRING_TYPE } from "../model-files/gguf-types.ts";

const KEY = "automem.twin";
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Magic, version, number of tensors, number of entries. */
const PREAMBLE_BYTES = 24;
const DEFAULT_ALIGNMENT = 32;

export interface Twin {
  /** SHA-256 of the twin. */
  sha256: Hash;
  sizeBytes: number;
  /** SHA-256 of the file that it is made of. */
  sourceSha256: Hash;
  /** Its bytes, once for each call. The source must not change meanwhile. */
  bytes(): AsyncGenerator<Uint8Array>;
}

/** Reads the GGUF at `path` once, for the hashes. Throws what reading a GGUF header throws. */
export async function planTwin(path: string, mark: Hash): Promise<Twin> {
  const head = await twinHead(path, mark);
  const source = new Bun.CryptoHasher("sha256");
  const twin = new Bun.CryptoHasher("sha256").update(head);
  let position = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes = chunk as Buffer;
    source.update(bytes);
    twin.update(bytes.subarray(Math.max(0, PREAMBLE_BYTES - position)));
    position += bytes.length;
  }
  const { size } = await stat(path);
  return {
    sha256: twin.digest("hex"),
    sizeBytes: size - PREAMBLE_BYTES + head.length,
    sourceSha256: source.digest("hex"),
    async *bytes() {
      yield head;
      for await (const chunk of createReadStream(path, { start: PREAMBLE_BYTES, highWaterMark: CHUNK_BYTES })) {
        yield chunk as Buffer;
      }
    },
  };
}

/** The preamble, counting one entry more, and that entry; as long as whole steps of alignment, so that all behind keeps its place. */
async function twinHead(path: string, mark: Hash): Promise<Buffer> {
  const { metadata } = await readGgufHeader(path);
  const given = metadata.get("general.alignment");
  const alignment = typeof given === "number" && given > 0 ? given : DEFAULT_ALIGNMENT;
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  const file = await open(path, "r");
  try {
    await file.read(preamble, 0, PREAMBLE_BYTES, 0);
  } finally {
    await file.close();
  }
  preamble.writeBigUInt64LE(preamble.readBigUInt64LE(16) + 1n, 16);
  const fixedBytes = 8 + KEY.length + 4 + 8;
  const valueBytes = Math.ceil((fixedBytes + mark.length) / alignment) * alignment - fixedBytes;
  const entry = Buffer.alloc(fixedBytes);
  entry.writeBigUInt64LE(BigInt(KEY.length), 0);
  entry.write(KEY, 8, "latin1");
  entry.writeUInt32LE(STRING_TYPE, 8 + KEY.length);
  entry.writeBigUInt64LE(BigInt(valueBytes), 12 + KEY.length);
  return Buffer.concat([preamble, entry, Buffer.from(mark.padEnd(valueBytes, " "), "latin1")]);
}
