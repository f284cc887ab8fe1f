/** Refs: the few named pointers that move, each to a record. A move names the value it expects, so that no other process's move is lost. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { ConfigError, StoreError } from "../core/errors.ts";
import { Hash } from "../core/hash.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { isMissing, storeFault } from "./fault.ts";
import { tryLock } from "./file-lock.ts";
import { listFiles } from "./list-files.ts";

/** `refs/NAME.json`. */
export const RefFile = v.strictObject({ schema: v.literal("automem.ref/1"), record: Hash });

const namePattern = /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*$/;
const lockWaitMs = 5_000;

export class RefStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What the ref points to; `undefined` if it does not exist. Throws `ConfigError` `bad-ref-name`, `StoreError` `corrupt-ref`. */
  get(name: string): Hash | undefined {
    const path = this.#path(name);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw storeFault(cause, `read ref ${name}`, path);
    }
    const read = parseChecked(text, RefFile);
    if ("value" in read) return read.value.record;
    throw new StoreError(`Ref ${name} is corrupted (${path}): ${read.problem}. Set it anew.`, {
      code: "corrupt-ref",
      data: { name, path },
    });
  }

  /** Names of all refs, in order. */
  async names(): Promise<string[]> {
    const files = await listFiles(this.#folder);
    return files.flatMap(({ path }) => (/^[^.]+\.json$/.test(path) ? [path.slice(0, -5)] : [])).sort();
  }

  /**
   * Moves the ref from `expected` (`undefined`: it must not exist) to `next`; on disk when this returns.
   * Throws `StoreError` `ref-moved` if it points elsewhere by now, with the present value in `data.found`.
   */
  move(name: string, expected: Hash | undefined, next: Hash): void {
    const path = this.#path(name);
    const lock = tryLock(join(this.#folder, ".lock.sqlite"), lockWaitMs);
    if (lock === undefined) {
      throw new StoreError(
        `Cannot move ref ${name}: another process has held the refs for ${lockWaitMs} ms. Try again.`,
        {
          code: "refs-busy",
          retryable: true,
        },
      );
    }
    try {
      const found = this.get(name);
      if (found !== expected) {
        throw new StoreError(
          `Ref ${name} points to ${found ?? "nothing"}, not to ${expected ?? "nothing"}: another process moved it. Look again and decide anew.`,
          { code: "ref-moved", data: { name, expected, found } },
        );
      }
      replaceSync(path, formatChecked({ schema: "automem.ref/1", record: next }));
    } catch (cause) {
      throw storeFault(cause, `move ref ${name}`, path);
    } finally {
      lock.release();
    }
  }

  /** Names have no dots, so a ref's file can never stand where another ref's folder must. */
  #path(name: string): string {
    if (!namePattern.test(name)) {
      throw new ConfigError(`"${name}" is not a ref name. Use a-z, 0-9, _ and -, in parts divided by /.`, {
        code: "bad-ref-name",
      });
    }
    return join(this.#folder, `${name}.json`);
  }
}

/** Synchronous on purpose: nothing else of this process may run between look and move. */
function replaceSync(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.tmp`;
  const file = openSync(beside, "w");
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
