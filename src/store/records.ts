/** Immutable records: canonical JSON (RFC 8785) in a file named by its hash, so that anyone can read and check one with `sha256sum`. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { StoreError } from "../core/errors.ts";
import { type Hash, hashBytes } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { freshen, isMissing, storeFault, writeStoreFile } from "./fault.ts";
import { type RecordSchemaName, type RecordSchemas, recordSchemas } from "./record-schemas.ts";

export type RecordOf<Name extends RecordSchemaName> = v.InferOutput<RecordSchemas[Name]>;

export class RecordStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Keeps a record and returns its hash. Fields that are `undefined` are left out. Doing it twice is harmless.
   * Throws `StoreError` `bad-record` if it does not fit its own schema.
   */
  async put<Name extends RecordSchemaName>(record: RecordOf<Name>): Promise<Hash> {
    const plain: unknown = JSON.parse(JSON.stringify(record));
    const parsed = v.safeParse(recordSchemas[record.schema], plain);
    if (!parsed.success) throw badRecord(`A record of kind ${record.schema}`, parsed.issues);
    const text = canonicalJson(plain);
    const hash = hashBytes(text);
    if (!(await freshen(this.path(hash)))) await writeStoreFile(this.path(hash), text, `write record ${hash}`);
    return hash;
  }

  /** A record of one of these kinds. Throws `StoreError`: `missing-record`, `corrupt-record`, `wrong-schema`, `bad-record`. */
  async get<Name extends RecordSchemaName>(
    hash: Hash,
    ...schemas: readonly [Name, ...Name[]]
  ): Promise<RecordOf<Name>> {
    const text = await this.#read(hash);
    const plain: unknown = JSON.parse(text);
    const found = (plain as { schema?: unknown } | null)?.schema;
    const schema = schemas.find((one) => one === found);
    if (schema === undefined) {
      const expected = schemas.join(" or ");
      throw new StoreError(
        `Record ${hash} is of kind ${String(found)}, not ${expected}. A newer automem may know it.`,
        {
          code: "wrong-schema",
          data: { hash, found, expected },
        },
      );
    }
    const parsed = v.safeParse(recordSchemas[schema], plain);
    if (!parsed.success) throw badRecord(`Record ${hash}`, parsed.issues);
    return parsed.output as RecordOf<Name>;
  }

  /** Keeps the text of a record of any kind under its hash; a damaged file in its place is replaced. True if something was written. */
  async restore(hash: Hash, text: Uint8Array): Promise<boolean> {
    try {
      await this.#read(hash);
      if (await freshen(this.path(hash))) return false;
    } catch (fault) {
      if (!(fault instanceof StoreError && ["missing-record", "corrupt-record"].includes(fault.code))) throw fault;
    }
    if (hashBytes(text) !== hash) throw badRecord(`A record to be kept as ${hash}`, []);
    await writeStoreFile(this.path(hash), text, `write record ${hash}`);
    return true;
  }

  /** The JSON of a record of any kind, also one this automem does not know. Throws `StoreError`: `missing-record`, `corrupt-record`. */
  async getAny(hash: Hash): Promise<unknown> {
    return JSON.parse(await this.#read(hash));
  }

  async has(hash: Hash): Promise<boolean> {
    try {
      await stat(this.path(hash));
      return true;
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw storeFault(cause, `look for record ${hash}`, this.path(hash));
    }
  }

  /** Hashes of the records that begin with these digits, two at least, in order. */
  async beginningWith(digits: string): Promise<Hash[]> {
    const folder = join(this.#folder, digits.slice(0, 2));
    let names: string[];
    try {
      names = await readdir(folder);
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw storeFault(cause, `look for records ${digits}...`, folder);
    }
    return names
      .filter((name) => /^[0-9a-f]{62}\.json$/.test(name))
      .map((name) => digits.slice(0, 2) + name.slice(0, -".json".length))
      .filter((hash) => hash.startsWith(digits))
      .sort();
  }

  /** Where a record lies, or would lie. */
  path(hash: Hash): string {
    return join(this.#folder, hash.slice(0, 2), `${hash.slice(2)}.json`);
  }

  async #read(hash: Hash): Promise<string> {
    const path = this.path(hash);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      if (!isMissing(cause)) throw storeFault(cause, `read record ${hash}`, path);
      throw new StoreError(
        `Record ${hash} is not in the store (${path}). Restore it from a backup or an exported archive.`,
        {
          code: "missing-record",
          data: { hash, path },
          cause,
        },
      );
    }
    const found = hashBytes(bytes);
    if (found !== hash) {
      throw new StoreError(
        `Record ${hash} is corrupted (${path}): its content has hash ${found}. Restore it from a backup.`,
        {
          code: "corrupt-record",
          data: { hash, path, found },
        },
      );
    }
    return new TextDecoder().decode(bytes);
  }
}

function badRecord(subject: string, issues: readonly v.BaseIssue<unknown>[]): StoreError {
  const [first] = issues;
  const where = first === undefined ? undefined : v.getDotPath(first);
  return new StoreError(
    `${subject} does not fit its schema${where ? ` at ${where}` : ""}: ${first?.message ?? "unknown"}.`,
    {
      code: "bad-record",
      data: { where },
    },
  );
}
