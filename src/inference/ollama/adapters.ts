/**
 * Adapters of an Ollama server: for each a model derived from the base, over a twin of its weights (twin.ts), so that both stay loaded. Its name
 * is the adapter's content hash, its tag the base's digest (derived-model.ts). It stays on the server until it is unloaded: as much disk as the
 * base, and memory for a second runner while it is used.
 */
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import type { AdapterFiles, AdapterLoader } from "../../core/adapter-loader.ts";
import { AutomemError, ConfigError, messageOf, ProviderError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { Clock } from "../../platform/clock.ts";
import { checkAdapterPath } from "../adapters/checked-path.ts";
import { hashFile } from "../model-files/hash-file.ts";
import type { ProviderDeps } from "../settings.ts";
import type { OllamaRequest } from "./convert-messages.ts";
import { adapterOf, type CreateBody, createBody, derivedName, differences, partsOf } from "./derived-model.ts";
import type { OllamaServer } from "./server.ts";
import { planTwin } from "./twin.ts";
import { ChatChunk, ListedModels, RunningModels, ShownModel } from "./wire.ts";

/** Of gigabytes that are written, hashed and loaded. */
const LOAD_TIMEOUT_MS = 1_800_000;
/** Between looks at whether a runner is gone; there is nothing else to wait on. */
const POLL_MS = 50;

/** The base that adapters are for, as the server has it. */
export interface OllamaBase {
  /** Its name on the server. */
  model: string;
  /** The server's digest of it: weights, template and parameters. */
  digest: string;
  shown: ShownModel;
  /** Its one file of weights. */
  weights: { path: string; sha256: Hash };
}

/** `undefined` for what cannot have one: a model in several files, in another form than a GGUF, with an adapter already, or elsewhere. */
export function baseFor(model: string, digest: string | undefined, shown: ShownModel): OllamaBase | undefined {
  const parts = partsOf(shown);
  const [weights, ...more] = parts?.weights ?? [];
  if (digest === undefined || weights === undefined || more.length > 0 || parts?.adapters.length !== 0)
    return undefined;
  return { model, digest, shown, weights };
}

export class OllamaAdapters implements AdapterLoader {
  readonly form = "gguf";
  readonly baseDigest: Hash;
  readonly #base: OllamaBase;
  readonly #server: OllamaServer;
  readonly #modelFiles: ProviderDeps["modelFiles"];
  readonly #clock: Clock;
  readonly #loadRequest: (model: string) => OllamaRequest;
  readonly #known = new Set<Hash>();

  /** `loadRequest` gives the request that loads a model of that name as calls will use it. */
  constructor(
    base: OllamaBase,
    server: OllamaServer,
    { modelFiles, clock }: Pick<ProviderDeps, "modelFiles" | "clock">,
    loadRequest: (model: string) => OllamaRequest,
  ) {
    this.baseDigest = base.weights.sha256;
    this.#base = base;
    this.#server = server;
    this.#modelFiles = modelFiles;
    this.#clock = clock;
    this.#loadRequest = loadRequest;
  }

  /** Also throws `refused` where base and adapter do not stay loaded together, since every other call would then load one anew. */
  async load(adapter: AdapterFiles): Promise<void> {
    checkAdapterPath(adapter);
    const { hash, path, sha256 = hash } = adapter;
    const found = await hashFile(path).catch((cause: unknown) => {
      throw refused(hash, `${path} cannot be read (${messageOf(cause)})`, cause);
    });
    if (found !== sha256) throw refused(hash, `${path} has SHA-256 ${found}, not ${sha256}: other weights`);
    const name = this.#nameOf(hash);
    const isNew = !(await this.loaded()).includes(hash);
    if (isNew) await this.#create(name, hash, path, sha256);
    try {
      await this.#checkDerived(name, sha256);
      await this.#loadBoth(name);
    } catch (fault) {
      // What was made for nothing goes again; if that fails too, the first fault is the one to be told.
      if (isNew) await this.unload(hash).catch(() => undefined);
      throw fault;
    }
    this.#known.add(hash);
  }

  async unload(hash: Hash): Promise<void> {
    this.#known.delete(hash);
    if (!(await this.loaded()).includes(hash)) return;
    const model = this.#nameOf(hash);
    // Deleting the model alone would leave its runner in memory.
    await this.#endRunner(model);
    await this.#server.client(AbortSignal.timeout(LOAD_TIMEOUT_MS)).delete({ model });
  }

  async loaded(): Promise<Hash[]> {
    const { models } = await this.#server.look(ListedModels, (client) => client.list());
    return models.flatMap(({ name }) => adapterOf(name, this.#base.digest) ?? []).sort();
  }

  /** The name on the server for calls under the adapter. Throws `ProviderError` `refused` for one that is not loaded. */
  async modelFor(hash: Hash): Promise<string> {
    if (!this.#known.has(hash)) {
      if (!(await this.loaded()).includes(hash)) {
        throw new ProviderError(
          `${this.#server.context.modelName} has no adapter ${hash.slice(0, 12)}. Load it: automem adapter load ${hash.slice(0, 12)} --model ${this.#server.context.modelName}`,
          { code: "refused", data: { adapter: hash } },
        );
      }
      this.#known.add(hash);
    }
    return this.#nameOf(hash);
  }

  #nameOf(hash: Hash): string {
    return derivedName(hash, this.#base.digest);
  }

  async #create(name: string, hash: Hash, path: string, sha256: Hash): Promise<void> {
    const signal = AbortSignal.timeout(LOAD_TIMEOUT_MS);
    const twin = await planTwin(await this.weightsFile(), hash);
    if (twin.sourceSha256 !== this.baseDigest) {
      throw refused(
        hash,
        `the base's weights have SHA-256 ${twin.sourceSha256}, not ${this.baseDigest}, as the server says`,
      );
    }
    if (!(await this.#server.hasBlob(sha256, signal))) {
      await this.#server.putBlob(sha256, createReadStream(path) as AsyncIterable<Uint8Array>, signal);
    }
    if (!(await this.#server.hasBlob(twin.sha256, signal))) {
      await this.#server.putBlob(twin.sha256, twin.bytes(), signal);
    }
    const body = this.#bodyFor(name, twin.sha256, sha256);
    const client = this.#server.client(signal);
    try {
      // The package's type lacks fields that the server has.
      await client.create({ ...body, stream: false } as Parameters<typeof client.create>[0] & { stream: false });
    } catch (cause) {
      if (!(cause instanceof AutomemError) || cause.code === "unreachable") throw cause;
      throw refused(
        hash,
        `the server does not make a model of it (${cause.data.serverMessage ?? cause.message})`,
        cause,
      );
    }
  }

  #bodyFor(name: string, twin: Hash, adapter: Hash): CreateBody {
    try {
      return createBody(name, this.#base.shown, twin, adapter);
    } catch (cause) {
      throw new ProviderError(
        `The parameters of ${this.#base.model} cannot be read, so no adapter can stand beside it: ${this.#base.shown.parameters}`,
        { code: "bad-response", cause },
      );
    }
  }

  /** Where the base's bytes can be read: the server's own file if it is on this machine, else the same weights in the model store. */
  async weightsFile(): Promise<string> {
    const { path, sha256 } = this.#base.weights;
    const isHere = await access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (isHere) return path;
    const { models } = await this.#modelFiles.list();
    const stored = models.find((model) => model.sha256 === sha256);
    if (stored !== undefined) return stored.path;
    throw new ConfigError(
      `${this.#server.context.modelName} needs a second copy of its weights beside an adapter, and they cannot be read here: not ${path}, and no model of the store has SHA-256 ${sha256.slice(0, 12)}. Work on the server's machine as somebody who may read that file, or automem model add the same GGUF here.`,
      { code: "no-base-weights", data: { sha256 } },
    );
  }

  /** That the model of this name is the base with this adapter, asked as the base is. One that is not so is never used. */
  async #checkDerived(name: string, sha256: Hash): Promise<void> {
    const shown = await this.#server.look(ShownModel, (client) => client.show({ model: name }));
    const adapters = partsOf(shown)?.adapters ?? [];
    const different = differences(this.#base.shown, shown);
    if (adapters.length === 1 && adapters[0] === sha256 && different.length === 0) return;
    const what = different.length > 0 ? `another ${different.join(" and ")} than its base` : "other weights";
    throw new ProviderError(
      `${name} on ${this.#server.context.server} has ${what}; somebody else made it, or this version of Ollama makes it otherwise. Remove it there (ollama rm ${name}) and load the adapter again.`,
      { code: "refused", data: { model: name, adapters, different } },
    );
  }

  /** Makes room by ending the runners of other adapters of this base; they start again when they are asked. */
  async #loadBoth(name: string): Promise<void> {
    if (await this.#stayTogether(name)) return;
    const others = (await this.#running()).filter(
      (running) => running !== name && adapterOf(running, this.#base.digest) !== undefined,
    );
    for (const other of others) await this.#endRunner(other);
    if (others.length > 0 && (await this.#stayTogether(name))) return;
    throw new ProviderError(
      `${this.#server.context.server} does not keep ${this.#base.model} and its adapter ${name.slice(0, 12)} in memory together, so each call would load one of them anew. Give it room (a smaller --context, fewer layers or other models, OLLAMA_MAX_LOADED_MODELS of 2 or more), or take another server for the specialist (--specialist-model).`,
      { code: "refused", data: { running: await this.#running() } },
    );
  }

  /** The base is loaded last: if the derived model is still there then, both are. */
  async #stayTogether(name: string): Promise<boolean> {
    for (const model of [name, this.#base.model]) {
      const client = this.#server.client(AbortSignal.timeout(LOAD_TIMEOUT_MS));
      await this.#server.read(ChatChunk, () => client.chat({ ...this.#loadRequest(model), stream: false }));
    }
    return (await this.#running()).includes(name);
  }

  /** Returns once it is gone; it answers the calls under way first. Throws `ProviderError` `timeout` after half an hour of them. */
  async #endRunner(model: string): Promise<void> {
    const client = this.#server.client(AbortSignal.timeout(LOAD_TIMEOUT_MS));
    const end = { model, messages: [], stream: false as const, keep_alive: 0 };
    const startedMs = this.#clock.monotonicMs();
    for (;;) {
      await this.#server.read(ChatChunk, () => client.chat(end));
      if (!(await this.#running()).includes(model)) return;
      if (this.#clock.monotonicMs() - startedMs > LOAD_TIMEOUT_MS) {
        throw new ProviderError(`${model} is still being asked on ${this.#server.context.server}. Try again later.`, {
          code: "timeout",
          retryable: true,
        });
      }
      await this.#clock.sleep(POLL_MS);
    }
  }

  async #running(): Promise<string[]> {
    const { models } = await this.#server.look(RunningModels, (client) => client.ps());
    return models.map(({ name }) => name);
  }
}

function refused(hash: Hash, why: string, cause?: unknown): ProviderError {
  return new ProviderError(`Adapter ${hash.slice(0, 12)} cannot be used: ${why}.`, { code: "refused", cause });
}
