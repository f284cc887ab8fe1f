/**
 * The header of a safetensors file, checked against the file's bytes: no tensor may lie outside, overlap another, or leave a gap.
 * Format: huggingface/safetensors, README.md, Format.
 */
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";

const LENGTH_BYTES = 8;
const LARGEST_HEADER_BYTES = 100_000_000;
const MOST_DIMENSIONS = 8;

/** Bytes of a value. */
const dtypeBytes = { F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 } as const;
export type SafetensorsDtype = keyof typeof dtypeBytes;

const Offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Entry = v.strictObject({
  dtype: v.picklist(Object.keys(dtypeBytes) as SafetensorsDtype[], "its type is no floating point type"),
  shape: v.pipe(v.array(Offset), v.maxLength(MOST_DIMENSIONS)),
  data_offsets: v.tuple([Offset, Offset]),
});

export interface SafetensorsTensor {
  name: string;
  dtype: SafetensorsDtype;
  /** Outermost dimension first. */
  shape: readonly number[];
  /** The tensor's bytes in the file; no copy. */
  bytes: Uint8Array;
}

/** The tensors of a whole file, in the order of their data. Throws `ConfigError` `bad-safetensors` that names the file and the tensor. */
export function readSafetensors(file: Uint8Array, path: string): SafetensorsTensor[] {
  const { entries, data } = readHeader(file, path);
  const tensors = Object.entries(entries)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => readTensor(name, entry, data, path))
    .sort((a, b) => a.start - b.start || a.tensor.bytes.length - b.tensor.bytes.length);
  let end = 0;
  for (const { tensor, start } of tensors) {
    if (start !== end) throw bad(path, `tensor ${tensor.name} begins at byte ${start} of the data, expected ${end}`);
    end += tensor.bytes.length;
  }
  if (end !== data.length) throw bad(path, `it has ${data.length} bytes of data and its tensors are ${end}`);
  return tensors.map(({ tensor }) => tensor);
}

function readHeader(file: Uint8Array, path: string): { entries: Record<string, unknown>; data: Uint8Array } {
  if (file.length < LENGTH_BYTES) throw bad(path, "it is shorter than a header");
  const length = Number(new DataView(file.buffer, file.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > LARGEST_HEADER_BYTES || length > file.length - LENGTH_BYTES) {
    throw bad(path, `its header claims ${length} bytes, of a file of ${file.length}`);
  }
  const text = new TextDecoder().decode(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (cause) {
    throw bad(path, "its header is not JSON", cause);
  }
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
    throw bad(path, "its header is no JSON object");
  }
  return { entries: entries as Record<string, unknown>, data: file.subarray(LENGTH_BYTES + length) };
}

function readTensor(
  name: string,
  json: unknown,
  data: Uint8Array,
  path: string,
): { tensor: SafetensorsTensor; start: number } {
  const entry = v.safeParse(Entry, json);
  if (!entry.success) {
    throw bad(path, `tensor ${name}: ${v.getDotPath(entry.issues[0]) ?? ""} ${entry.issues[0].message}`);
  }
  const { dtype, shape, data_offsets } = entry.output;
  const [start, end] = data_offsets;
  const needed = shape.reduce((product, size) => product * size, 1) * dtypeBytes[dtype];
  if (end > data.length || end - start !== needed) {
    throw bad(path, `tensor ${name} takes bytes ${start} to ${end} of ${data.length}, and its shape needs ${needed}`);
  }
  return { tensor: { name, dtype, shape, bytes: data.subarray(start, end) }, start };
}

function bad(path: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(`${path} is not a safetensors file that can be used: ${why}. Write or copy it again.`, {
    code: "bad-safetensors",
    data: { path },
    cause,
  });
}
