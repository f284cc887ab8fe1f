/** Writes small GGUF files (version 3), whole or wrong in one way. */

export interface GgufParts {
  version?: number;
  metadata?: Record<string, string | number | string[]>;
  /** Values of F32 tensors, one number each. */
  tensorValues?: number[];
  /** Bytes of data that are missing at the end. */
  missingBytes?: number;
}

export const tinyMetadata = {
  "general.architecture": "llama",
  "general.name": "Tiny",
  "general.file_type": 3,
  "llama.context_length": 512,
  "tokenizer.ggml.tokens": ["a", "b", "c"],
  "tokenizer.chat_template": "{{ messages }}",
};

export function ggufBytes({
  version = 3,
  metadata = tinyMetadata,
  tensorValues = [4, 8],
  missingBytes = 0,
}: GgufParts = {}): Buffer {
  const entries = Object.entries(metadata);
  let offset = 0;
  const tensors = tensorValues.map((values, index) => {
    const info = Buffer.concat([text(`t${index}`), u32(1), u64(values), u32(0), u64(offset)]);
    offset += Math.ceil((values * 4) / 32) * 32;
    return info;
  });
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(version),
    u64(tensorValues.length),
    u64(entries.length),
    ...entries.map(([key, value]) => Buffer.concat([text(key), encode(value)])),
    ...tensors,
  ]);
  const padding = Buffer.alloc((32 - (header.length % 32)) % 32);
  const dataBytes = offset === 0 ? 0 : offset - 32 + Math.max(1, (((tensorValues.at(-1) as number) * 4 - 1) % 32) + 1);
  return Buffer.concat([header, padding, Buffer.alloc(Math.max(0, dataBytes - missingBytes))]);
}

function encode(value: string | number | string[]): Buffer {
  if (typeof value === "string") return Buffer.concat([u32(8), text(value)]);
  if (typeof value === "number") return Buffer.concat([u32(4), u32(value)]);
  return Buffer.concat([u32(9), u32(8), u64(value.length), ...value.map(text)]);
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
