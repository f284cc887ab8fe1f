/**
 * Unpacks `.tar.gz` archives from outside: plain files and folders only, nothing outside the target folder, bounded in size.
 * Reads ustar with GNU long names and pax paths, which is what GNU tar, bsdtar and GitHub write.
 */
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createGunzip } from "node:zlib";

export interface UnpackLimits {
  entries: number;
  /** Unpacked bytes in all. */
  totalBytes: number;
}

const standardLimits: UnpackLimits = { entries: 200_000, totalBytes: 8 * 1024 ** 3 };

/** The archive is damaged, or holds what is not taken from strangers. */
export class ArchiveError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ArchiveError";
  }
}

/**
 * Unpacks the archive at `path` into `folder`, which should be fresh. Returns the number of files written.
 * Throws `ArchiveError` for a path that leaves the folder, a link or device, damage, or more than the limits; the folder is then not to be used.
 */
export async function unpackTarGz(
  path: string,
  folder: string,
  limits: UnpackLimits = standardLimits,
): Promise<number> {
  const gunzip = createGunzip();
  const source = createReadStream(path);
  source.on("error", (cause) => gunzip.destroy(cause));
  source.pipe(gunzip);
  const reader = new BlockReader(gunzip);
  let files = 0;
  let totalBytes = 0;
  let longName: string | undefined;
  for (let entries = 0; ; entries++) {
    const header = parseHeader(await reader.read(512));
    if (header === undefined) return files;
    totalBytes += header.sizeBytes;
    if (entries >= limits.entries || totalBytes > limits.totalBytes) {
      throw new ArchiveError(`${path} unpacks to more than ${limits.entries} entries or ${limits.totalBytes} bytes.`);
    }
    if (header.type === "L" || header.type === "x" || header.type === "g") {
      const text = (await reader.readPadded(header.sizeBytes, 1024 * 1024)).toString("utf8");
      if (header.type === "L") longName = text.replace(/\0.*$/s, "");
      if (header.type === "x") longName = paxPath(text) ?? longName;
      continue;
    }
    const name = longName ?? header.name;
    longName = undefined;
    const target = join(folder, safeName(name, path));
    if (header.type === "5") {
      await mkdir(target, { recursive: true });
    } else if (header.type === "0") {
      await mkdir(dirname(target), { recursive: true });
      await writeEntry(reader, target, header.sizeBytes);
      files++;
    } else {
      throw new ArchiveError(
        `${path} holds "${name}", which is a link or device; only files and folders are unpacked.`,
      );
    }
  }
}

interface Header {
  name: string;
  sizeBytes: number;
  /** As in the archive; the old "\0" is given as "0". */
  type: string;
}

/** `undefined` for the block of zeros that ends an archive. */
function parseHeader(block: Buffer): Header | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = (from: number, length: number) => block.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  let sum = 0;
  for (let index = 0; index < 512; index++) sum += index >= 148 && index < 156 ? 32 : block[index]!;
  if (sum !== Number.parseInt(text(148, 8).trim(), 8))
    throw new ArchiveError("The archive is damaged, or is no tar archive.");
  const sizeBytes = Number.parseInt(text(124, 12).trim() || "0", 8);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
    throw new ArchiveError("The archive holds an entry of unreadable size.");
  const isUstar = text(257, 5) === "ustar";
  const prefix = isUstar && text(257, 8) !== "ustar  " ? text(345, 155) : "";
  const type = text(156, 1) || "0";
  return {
    name: prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    sizeBytes,
    type: type === "7" ? "0" : type,
  };
}

function paxPath(text: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
}

function safeName(name: string, archive: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (
    name.startsWith("/") ||
    name.includes("\\") ||
    name.includes("\0") ||
    parts.includes("..") ||
    /^[A-Za-z]:/.test(name)
  ) {
    throw new ArchiveError(`${archive} holds "${name}", which lies outside the folder it is unpacked into.`);
  }
  return parts.join("/");
}

/** `wx`: an entry never writes through or over what an earlier one left. */
async function writeEntry(reader: BlockReader, target: string, sizeBytes: number): Promise<void> {
  const file = await open(target, "wx").catch((cause) => {
    throw new ArchiveError(`${target} cannot be written; does the archive hold it twice?`, cause);
  });
  try {
    for (let left = sizeBytes; left > 0; ) {
      const part = await reader.read(Math.min(left, 1024 * 1024));
      await file.writeFile(part);
      left -= part.length;
    }
  } finally {
    await file.close();
  }
  await reader.read((512 - (sizeBytes % 512)) % 512);
}

class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async readPadded(length: number, limitBytes: number): Promise<Buffer> {
    if (length > limitBytes) throw new ArchiveError("The archive holds a name longer than 1 MiB.");
    const content = await this.read(length);
    await this.read((512 - (length % 512)) % 512);
    return content;
  }

  async #next(): Promise<Buffer> {
    let result: IteratorResult<Buffer>;
    try {
      result = await this.#chunks.next();
    } catch (cause) {
      throw new ArchiveError(
        `The archive cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
        cause,
      );
    }
    if (result.done === true) throw new ArchiveError("The archive ends in the middle.");
    return result.value;
  }
}
