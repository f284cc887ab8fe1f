/**
 * A campaign's log: one line a result, in the form of journal lines (journal-line.ts), each write synced. A large value is a blob, named by
 * its line with the hashes it holds, so that what it needs is known without reading it.
 */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import type { DurableLog } from "../core/durable-log.ts";
import { StoreError } from "../core/errors.ts";
import { Hash } from "../core/hash.ts";
import { syncFolder } from "../platform/atomic-write.ts";
import type { BlobStore } from "./blobs.ts";
import { isMissing, storeFault } from "./fault.ts";
import { formatLines, parseLines } from "./journal-line.ts";
import { hashesIn } from "./links.ts";

const Line = v.union([
  v.strictObject({ name: v.string(), value: v.unknown() }),
  v.strictObject({ name: v.string(), blob: Hash, links: v.array(Hash) }),
]);
export type CampaignLogLine = v.InferOutput<typeof Line>;

/** Characters of JSON from which a value is kept as a blob. */
const blobFrom = 8_192;

/** A log for readers. */
export type CampaignLogView = Pick<CampaignLog, "has" | "names" | "get">;

export class CampaignLog implements DurableLog {
  readonly #path: string;
  readonly #blobs: BlobStore;
  readonly #lines: Map<string, CampaignLogLine>;
  readonly #pending = new Set<string>();
  #file: FileHandle | undefined;
  #checksum: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, blobs: BlobStore, lines: readonly CampaignLogLine[], checksum: number) {
    this.#path = path;
    this.#blobs = blobs;
    this.#lines = new Map(lines.map((line) => [line.name, line]));
    this.#checksum = checksum;
  }

  /** For the holder of the campaign's lock: a torn last line is cut off. Throws `StoreError` `corrupt-campaign-log`. */
  static async open(path: string, blobs: BlobStore): Promise<CampaignLog> {
    const { lines, soundBytes, totalBytes, checksum } = await readCampaignLog(path);
    const log = new CampaignLog(path, blobs, lines, checksum);
    if (soundBytes < totalBytes) await log.#cut(soundBytes);
    return log;
  }

  /** For readers: changes nothing; a torn last line is left out. Throws as `open`. */
  static async view(path: string, blobs: BlobStore): Promise<CampaignLogView> {
    const { lines, checksum } = await readCampaignLog(path);
    return new CampaignLog(path, blobs, lines, checksum);
  }

  has(name: string): boolean {
    return this.#lines.has(name);
  }

  /** Names in order. */
  names(): string[] {
    return [...this.#lines.keys()];
  }

  /** The result of that name; `undefined` if there is none. Throws `StoreError` `corrupt-campaign-log` if it does not fit the schema. */
  async get<Schema extends v.GenericSchema>(name: string, schema: Schema): Promise<v.InferOutput<Schema> | undefined> {
    const line = this.#lines.get(name);
    return line === undefined ? undefined : this.#valueOf(line, schema);
  }

  async once<Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
    work: () => Promise<v.InferOutput<Schema>>,
  ): Promise<v.InferOutput<Schema>> {
    const kept = this.#lines.get(name);
    if (kept !== undefined) return this.#valueOf(kept, schema);
    if (this.#pending.has(name)) throw new Error(`Two results of the name "${name}" are being made at the same time.`);
    this.#pending.add(name);
    try {
      const plain: unknown = JSON.parse(JSON.stringify((await work()) ?? null));
      const parsed = v.safeParse(schema, plain);
      if (!parsed.success) throw new Error(`The result "${name}" does not fit its schema: ${parsed.issues[0].message}`);
      await this.#add(name, plain);
      return parsed.output;
    } finally {
      this.#pending.delete(name);
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #add(name: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    const line: CampaignLogLine =
      text.length < blobFrom
        ? { name, value }
        : { name, blob: await this.#blobs.put(text), links: [...hashesIn(value)].sort() };
    const before = this.#writing;
    const writing = before.then(() => this.#append(line));
    // A failed write leaves the file in doubt: every later one fails as well, until the log is opened again.
    this.#writing = writing;
    writing.catch(() => undefined);
    await writing;
    this.#lines.set(name, line);
  }

  async #append(line: CampaignLogLine): Promise<void> {
    try {
      if (this.#file === undefined) {
        this.#file = await open(this.#path, "a");
        if (this.#lines.size === 0) await syncFolder(dirname(this.#path));
      }
      const { text, checksum } = formatLines([JSON.stringify(line)], this.#checksum);
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#checksum = checksum;
    } catch (cause) {
      throw storeFault(cause, "write the campaign's log", this.#path);
    }
  }

  async #valueOf<Schema extends v.GenericSchema>(
    line: CampaignLogLine,
    schema: Schema,
  ): Promise<v.InferOutput<Schema>> {
    const value: unknown = "blob" in line ? JSON.parse(await this.#blobs.getText(line.blob)) : line.value;
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    throw new StoreError(
      `The campaign's log (${this.#path}) has a result "${line.name}" of another form: ${parsed.issues[0].message}. It was made by another version of automem; go on with that one.`,
      { code: "corrupt-campaign-log", data: { path: this.#path, name: line.name } },
    );
  }

  async #cut(bytes: number): Promise<void> {
    try {
      const file = await open(this.#path, "r+");
      try {
        await file.truncate(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw storeFault(cause, "cut off the torn end of the campaign's log", this.#path);
    }
  }
}

export interface CampaignLogFile {
  lines: CampaignLogLine[];
  /** Bytes of the sound lines, and of the file. */
  soundBytes: number;
  totalBytes: number;
  checksum: number;
}

/** Reads a log without changing it; empty if there is none. A torn last line is left out. Throws `StoreError` `corrupt-campaign-log`. */
export async function readCampaignLog(path: string): Promise<CampaignLogFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if (isMissing(cause)) return { lines: [], soundBytes: 0, totalBytes: 0, checksum: 0 };
    throw storeFault(cause, "read the campaign's log", path);
  }
  const { texts, soundBytes, checksum, damage } = parseLines(bytes);
  if (damage?.kind === "damaged-middle") throw corruptLog(path, `line ${damage.line} is damaged`);
  const lines = texts.map((text, index) => {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Line), text);
    if (!parsed.success) throw corruptLog(path, `line ${index + 1}: ${parsed.issues[0].message}`);
    return parsed.output;
  });
  return { lines, soundBytes, totalBytes: bytes.length, checksum };
}

/** Hashes of records and blobs that a line names, and some that only look like one. */
export function linksOfLine(line: CampaignLogLine): Hash[] {
  return "blob" in line ? [line.blob, ...line.links] : [...hashesIn(line.value)];
}

function corruptLog(path: string, problem: string): StoreError {
  return new StoreError(`The campaign's log (${path}) cannot be read: ${problem}. Restore it from a backup.`, {
    code: "corrupt-campaign-log",
    data: { path },
  });
}
