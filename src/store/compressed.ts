/**
 * Compressed content on disk: a zstd frame, and behind it a skippable frame (RFC 8878, 3.1.2) that holds a CRC-32 of every byte before it.
 *
 *   zstd frame | 50 2a 4d 18 | 04 00 00 00 | CRC-32, little-endian
 *
 * The hash in a file's name covers the plain content; the CRC covers the bytes on disk, of which zstd itself leaves a few unused. Any zstd
 * tool reads such a file; one without the CRC (written before it was added) is read as well.
 */
import { zstdDecompressSync } from "node:zlib";
import { StoreError } from "../core/errors.ts";
import { type Hash, hashBytes } from "../core/hash.ts";

/** Measured on segments of Crafter and NetHack play: within 6 % of the size that level 19 gives, in a thirtieth of its time. */
export const zstdLevel = 9;

/** Content from outside is held in memory whole; a real segment has some megabytes. */
const largestForeignBytes = 1024 ** 3;

const checkFrameHead = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]);
const checkFrameBytes = 12;

/** Compresses content, with its check behind it. Equal content gives equal bytes. */
export async function compressContent(content: Uint8Array | string): Promise<Uint8Array> {
  const frame = await Bun.zstdCompress(content, { level: zstdLevel });
  const bytes = Buffer.concat([frame, checkFrameHead, Buffer.alloc(4)]);
  bytes.writeUInt32LE(Bun.hash.crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** False for a file of before the check was added; its content is checked all the same. */
export function hasCheckFrame(compressed: Uint8Array): boolean {
  // The low half of the first byte may be anything in a skippable frame: a damaged one must not pass for none.
  const head = compressed.subarray(-checkFrameBytes, -4);
  return head.length === 8 && head.every((byte, at) => (at === 0 ? byte >> 4 === 5 : byte === checkFrameHead[at]));
}

/**
 * Decompresses and checks against check frame and hash. `where` names the file for the message; `limitBytes` bounds what comes out, for
 * content from outside. Throws `StoreError` `corrupt-blob`.
 */
export function decompressVerified(
  hash: Hash,
  compressed: Uint8Array,
  where: string,
  limitBytes = Number.MAX_SAFE_INTEGER,
): Uint8Array {
  const corrupt = (found: string, cause?: unknown) =>
    new StoreError(
      `Blob ${hash} is corrupted (${where}): ${found}. Restore the file from a backup or an exported archive.`,
      { code: "corrupt-blob", data: { hash, where }, cause },
    );
  if (hasCheckFrame(compressed)) {
    const bytes = Buffer.from(compressed.buffer, compressed.byteOffset, compressed.byteLength);
    const sum = bytes.readUInt32LE(bytes.length - 4);
    if (Bun.hash.crc32(bytes.subarray(0, -4)) !== sum) throw corrupt("its bytes do not match their checksum");
  }
  let plain: Uint8Array;
  try {
    plain = decompress(compressed, limitBytes);
  } catch (cause) {
    const tooLarge = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    throw corrupt(tooLarge ? `it unpacks to more than ${limitBytes} bytes` : "it cannot be decompressed", cause);
  }
  const found = hashBytes(plain);
  if (found !== hash) throw corrupt(`its content has hash ${found}`);
  return plain;
}

function decompress(compressed: Uint8Array, limitBytes: number): Uint8Array {
  if (limitBytes === Number.MAX_SAFE_INTEGER) return Bun.zstdDecompressSync(compressed);
  return zstdDecompressSync(compressed, { maxOutputLength: Math.max(1, Math.min(limitBytes, largestForeignBytes)) });
}
