/** Writes `.tar.gz` archives of plain files, in ustar with pax paths where a name is too long: what `unpackTarGz` and every tar reads. */
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

export interface PackedFile {
  /** Relative, parts divided by `/`. */
  path: string;
  content: Uint8Array;
}

/**
 * Writes the files, in order, one in memory at a time. The archive appears whole under `path`, or not at all. Equal files give equal bytes
 * (no times, no owners). Throws what the system throws, and what `files` throws.
 */
export async function packTarGz(path: string, files: AsyncIterable<PackedFile>): Promise<void> {
  const beside = `${path}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await pipeline(
      Readable.from(blocks(files), { objectMode: false }),
      createGzip(),
      createWriteStream(beside, { flags: "wx" }),
    );
    const written = await open(beside, "r");
    try {
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}

async function* blocks(files: AsyncIterable<PackedFile>): AsyncGenerator<Uint8Array> {
  for await (const { path, content } of files) {
    const long = Buffer.byteLength(path) > 100;
    if (long) {
      const pax = Buffer.from(paxRecord("path", path));
      yield header("pax-header", pax.length, "x");
      yield pax;
      yield padding(pax.length);
    }
    yield header(long ? "long-name" : path, content.length, "0");
    // An empty piece would end the stream.
    if (content.length > 0) yield content;
    yield padding(content.length);
  }
  yield Buffer.alloc(1024);
}

/** `LENGTH path=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length !== String(bytes).length) length = bytes + String(length).length;
  return `${length}${rest}`;
}

function header(name: string, sizeBytes: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((512 - (sizeBytes % 512)) % 512);
}
