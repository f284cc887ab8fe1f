/** SHA-256 of a file of any size. */
import { createReadStream } from "node:fs";
import type { Hash } from "../../core/hash.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Lower-case hex. `onBytes` hears how many bytes were read so far; `signal` ends it with its reason. */
export async function hashFile(
  path: string,
  onBytes?: (doneBytes: number) => void,
  signal?: AbortSignal,
): Promise<Hash> {
  const hasher = new Bun.CryptoHasher("sha256");
  let doneBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    signal?.throwIfAborted();
    hasher.update(chunk as Buffer);
    doneBytes += (chunk as Buffer).length;
    onBytes?.(doneBytes);
  }
  return hasher.digest("hex");
}
