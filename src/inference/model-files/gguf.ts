/**
 * The header of a GGUF file: what the model is, and whether the file is whole.
 * Format: github.com/ggml-org/ggml, `docs/gguf.md` (versions 2 and 3, little-endian).
 */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { ARRAY_TYPE, fileTypes, STRING_TYPE, scalarBytes, tensorTypes } from "./gguf-types.ts";
import type { GgufSummary } from "./record.ts";

const FIRST_READ_BYTES = 4 * 1024 * 1024;
const LARGEST_HEADER_BYTES = 512 * 1024 * 1024;
const MOST_ENTRIES = 1_000_000;
const DEFAULT_ALIGNMENT = 32;

export interface GgufHeader {
  /** Numbers, strings and booleans; arrays are left out. */
  metadata: ReadonlyMap<string, number | bigint | string | boolean>;
  tensorCount: number;
  tensors: readonly GgufTensor[];
  /** Where the tensors' data begins. */
  dataStart: number;
  /** Bytes that the file must have to hold all tensors whose type is known. */
  neededBytes: number;
}

export interface GgufTensor {
  name: string;
  /** Innermost dimension first. */
  shape: readonly number[];
  /** `tensorTypes` knows its block. */
  type: number;
  /** From `dataStart`. */
  offset: number;
  /** 0 for an unknown type. */
  sizeBytes: number;
}

/** Thrown by `parseGguf` when the header goes on beyond the bytes given. */
export class HeaderIncomplete extends Error {}

/** Reads and checks a model's file. Throws `ConfigError`: those of `readGgufHeader`, `split-gguf`, `not-a-model`. */
export async function readGguf(path: string): Promise<GgufSummary> {
  return summarise(await readGgufHeader(path), path);
}

/** The header of a whole file of any kind. Throws `ConfigError`: `not-gguf`, `truncated-gguf`. */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const header = await readHeader(file.read.bind(file), size, path);
    // Not `>`: sizes that make no sense add up to no number.
    if (!(header.neededBytes <= size)) {
      throw new ConfigError(
        `${path} is cut short: it has ${size} bytes and its tensors need ${header.neededBytes}. Download or copy it again.`,
        { code: "truncated-gguf" },
      );
    }
    return header;
  } finally {
    await file.close();
  }
}

type ReadBytes = (buffer: Buffer, offset: number, length: number, position: number) => Promise<{ bytesRead: number }>;

async function readHeader(read: ReadBytes, size: number, path: string): Promise<GgufHeader> {
  for (let length = Math.min(FIRST_READ_BYTES, size); ; length = Math.min(length * 4, size)) {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await read(buffer, 0, length, 0);
    try {
      return parseGguf(buffer.subarray(0, bytesRead), path);
    } catch (cause) {
      if (!(cause instanceof HeaderIncomplete)) throw cause;
      if (length >= size || length >= LARGEST_HEADER_BYTES) {
        throw new ConfigError(`${path} is cut short: it ends inside its header. Download or copy it again.`, {
          code: "truncated-gguf",
          cause,
        });
      }
    }
  }
}

/** Parses a header from the first bytes of a file. Pure. Throws `HeaderIncomplete` or `ConfigError` `not-gguf`. */
export function parseGguf(bytes: Buffer, path: string): GgufHeader {
  if (bytes.length < 4 && "GGUF".startsWith(bytes.toString("latin1"))) throw new HeaderIncomplete();
  if (bytes.toString("latin1", 0, 4) !== "GGUF") throw notGguf(path, "it does not begin with GGUF");
  const cursor = new Cursor(bytes);
  cursor.skip(4);
  const version = cursor.u32();
  if (version !== 2 && version !== 3) throw notGguf(path, `its version is ${version}, not 2 or 3`);
  const tensorCount = cursor.u64();
  const metadataCount = cursor.u64();
  if (tensorCount > MOST_ENTRIES || metadataCount > MOST_ENTRIES) throw notGguf(path, "its counts make no sense");
  const metadata = new Map<string, number | bigint | string | boolean>();
  for (let index = 0; index < metadataCount; index += 1) {
    const key = cursor.string();
    const value = readValue(cursor, cursor.u32(), path);
    if (value !== undefined) metadata.set(key, value);
  }
  const tensors: GgufTensor[] = [];
  for (let index = 0; index < tensorCount; index += 1) tensors.push(readTensor(cursor, path));
  const dataBytes = tensors.reduce((most, { offset, sizeBytes }) => Math.max(most, offset + sizeBytes), 0);
  const given = metadata.get("general.alignment");
  const alignment = typeof given === "number" && given > 0 ? given : DEFAULT_ALIGNMENT;
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  return { metadata, tensorCount, tensors, dataStart, neededBytes: dataStart + dataBytes };
}

/** The value, or `undefined` for an array, which is skipped. */
function readValue(cursor: Cursor, type: number, path: string): number | bigint | string | boolean | undefined {
  if (type === STRING_TYPE) return cursor.string();
  if (type === ARRAY_TYPE) {
    skipArray(cursor, path);
    return undefined;
  }
  return cursor.scalar(type) ?? failType(type, path);
}

function skipArray(cursor: Cursor, path: string): void {
  const type = cursor.u32();
  const count = cursor.u64();
  const bytes = scalarBytes[type];
  if (bytes !== undefined) cursor.skip(bytes * count);
  else if (type === STRING_TYPE) for (let index = 0; index < count; index += 1) cursor.skip(cursor.u64());
  else if (type === ARRAY_TYPE) for (let index = 0; index < count; index += 1) skipArray(cursor, path);
  else failType(type, path);
}

function readTensor(cursor: Cursor, path: string): GgufTensor {
  const name = cursor.string();
  const dimensions = cursor.u32();
  if (dimensions > 8) throw notGguf(path, "a tensor has too many dimensions");
  const shape = Array.from({ length: dimensions }, () => cursor.u64());
  const values = shape.reduce((product, size) => product * size, 1);
  const type = cursor.u32();
  const [blockValues, blockBytes] = tensorTypes[type] ?? [1, 0];
  return { name, shape, type, offset: cursor.u64(), sizeBytes: (values / blockValues) * blockBytes };
}

function summarise({ metadata, tensorCount }: GgufHeader, path: string): GgufSummary {
  const text = (key: string): string | undefined => {
    const value = metadata.get(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const number = (key: string): number | undefined => {
    const value = metadata.get(key);
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
  };
  const parts = number("split.count") ?? 1;
  if (parts > 1) {
    throw new ConfigError(
      `${basename(path)} is one of ${parts} parts of a model. Merge them first: llama-gguf-split --merge FIRST-PART OUT.gguf.`,
      { code: "split-gguf" },
    );
  }
  const kind = text("general.type") ?? "model";
  const architecture = text("general.architecture");
  if (kind !== "model" || architecture === undefined || architecture === "clip") {
    throw new ConfigError(
      `${basename(path)} is not a language model (${kind}, ${architecture ?? "no architecture"}).`,
      { code: "not-a-model" },
    );
  }
  const fileType = number("general.file_type");
  return {
    architecture,
    modelName: text("general.name"),
    contextTokens: number(`${architecture}.context_length`),
    quantisation: fileType === undefined ? undefined : (fileTypes[fileType] ?? `type ${fileType}`),
    chatTemplate: text("tokenizer.chat_template") !== undefined,
    tensorCount,
  };
}

function notGguf(path: string, why: string): ConfigError {
  return new ConfigError(`${path} is not a GGUF file: ${why}. Convert the model to GGUF or look for one that is.`, {
    code: "not-gguf",
  });
}

function failType(type: number, path: string): never {
  throw notGguf(path, `it has a value of the unknown type ${type}`);
}

class Cursor {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(length: number): number {
    const start = this.position;
    if (start + length > this.#bytes.length) throw new HeaderIncomplete();
    this.position += length;
    return start;
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.skip(4));
  }

  u64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.skip(8)));
  }

  string(): string {
    const length = this.u64();
    const start = this.skip(length);
    return this.#bytes.toString("utf8", start, start + length);
  }

  /** `undefined` for a type that is no scalar. */
  scalar(type: number): number | bigint | boolean | undefined {
    const size = scalarBytes[type];
    if (size === undefined) return undefined;
    const at = this.skip(size);
    const bytes = this.#bytes;
    switch (type) {
      case 0:
        return bytes.readUInt8(at);
      case 1:
        return bytes.readInt8(at);
      case 2:
        return bytes.readUInt16LE(at);
      case 3:
        return bytes.readInt16LE(at);
      case 4:
        return bytes.readUInt32LE(at);
      case 5:
        return bytes.readInt32LE(at);
      case 6:
        return bytes.readFloatLE(at);
      case 7:
        return bytes.readUInt8(at) !== 0;
      case 10:
        return bytes.readBigUInt64LE(at);
      case 11:
        return bytes.readBigInt64LE(at);
      default:
        return bytes.readDoubleLE(at);
    }
  }
}
