/** Content hashes: lower-case hex SHA-256 of bytes, of UTF-8 text, or of a value's canonical JSON. */
import * as v from "valibot";
import { canonicalJson } from "./json.ts";

export const Hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "not a SHA-256 in hex"));
export type Hash = v.InferOutput<typeof Hash>;

/** SHA-256 of bytes, or of a string's UTF-8 bytes. */
export function hashBytes(content: Uint8Array | string): Hash {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex");
}

/** SHA-256 of the canonical JSON of a value. */
export function hashJson(value: unknown): Hash {
  return hashBytes(canonicalJson(value));
}
