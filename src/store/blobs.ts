/**
 * Content-addressed bytes: a blob is named by the SHA-256 of its plain content and kept zstd-compressed at `ab/cdef....zst`.
 * Equal content is kept once. Files are written whole or not at all, and checked against their name on every read. Putting content that is
 * there already renews its time, so that it does not look like garbage (collect-garbage.ts).
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../core/errors.ts";
import { type Hash, hashBytes } from "../core/hash.ts";
import { compressContent, decompressVerified } from "./compressed.ts";
import { freshen, isMissing, storeFault, writeStoreFile } from "./fault.ts";

export class BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps bytes, or a string's UTF-8 (lone surrogates become U+FFFD), and returns their hash. Doing it twice is harmless. */
  async put(content: Uint8Array | string): Promise<Hash> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const hash = hashBytes(bytes);
    if (!(await freshen(this.path(hash)))) await this.#write(hash, await compressContent(bytes));
    return hash;
  }

  /** Keeps content that is compressed already. Throws `StoreError` `corrupt-blob` if its plain content does not have that hash. */
  async putCompressed(hash: Hash, compressed: Uint8Array): Promise<void> {
    if (await freshen(this.path(hash))) return;
    decompressVerified(hash, compressed, `compressed content for blob ${hash}`);
    await this.#write(hash, compressed);
  }

  /** As `putCompressed`, but a damaged file in its place is replaced. True if something was written. */
  async restore(hash: Hash, compressed: Uint8Array): Promise<boolean> {
    try {
      await this.get(hash);
      if (await freshen(this.path(hash))) return false;
    } catch (fault) {
      if (!(fault instanceof StoreError && ["missing-blob", "corrupt-blob"].includes(fault.code))) throw fault;
    }
    decompressVerified(hash, compressed, `compressed content for blob ${hash}`);
    await this.#write(hash, compressed);
    return true;
  }

  /** Plain content. Throws `StoreError`: `missing-blob`, `corrupt-blob`. */
  async get(hash: Hash): Promise<Uint8Array> {
    const path = this.path(hash);
    let compressed: Uint8Array;
    try {
      compressed = await readFile(path);
    } catch (cause) {
      if (!isMissing(cause)) throw storeFault(cause, `read blob ${hash}`, path);
      throw new StoreError(
        `Blob ${hash} is not in the store (${path}). Restore it from a backup or an exported archive.`,
        {
          code: "missing-blob",
          data: { hash, path },
          cause,
        },
      );
    }
    return decompressVerified(hash, compressed, path);
  }

  async getText(hash: Hash): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.get(hash));
  }

  async has(hash: Hash): Promise<boolean> {
    const path = this.path(hash);
    try {
      await stat(path);
      return true;
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw storeFault(cause, `look for blob ${hash}`, path);
    }
  }

  /** Where a blob lies, or would lie. */
  path(hash: Hash): string {
    return join(this.#folder, hash.slice(0, 2), `${hash.slice(2)}.zst`);
  }

  #write(hash: Hash, compressed: Uint8Array): Promise<void> {
    return writeStoreFile(this.path(hash), compressed, `write blob ${hash}`);
  }
}
