/** Adapters of the embedded engine: a context each over one set of weights. */
import type { AdapterFiles, AdapterLoader } from "../../core/adapter-loader.ts";
import type { Engine } from "../../core/engine.ts";
import type { Hash } from "../../core/hash.ts";
import { checkAdapterPath } from "../adapters/checked-path.ts";

export class EngineAdapters implements AdapterLoader {
  readonly form = "gguf";
  readonly #onEngine: (work: (engine: Engine) => Promise<void>) => Promise<void>;
  readonly #loaded = new Map<Hash, AdapterFiles>();

  /** `onEngine` runs work on the present engine. */
  constructor(onEngine: (work: (engine: Engine) => Promise<void>) => Promise<void>) {
    this.#onEngine = onEngine;
  }

  async load(adapter: AdapterFiles): Promise<void> {
    checkAdapterPath(adapter);
    await this.#onEngine((engine) => engine.loadAdapter(forEngine(adapter)));
    this.#loaded.set(adapter.hash, adapter);
  }

  async unload(hash: Hash): Promise<void> {
    this.#loaded.delete(hash);
    await this.#onEngine((engine) => engine.unloadAdapter(hash));
  }

  async loaded(): Promise<Hash[]> {
    return [...this.#loaded.keys()].sort();
  }

  /** Loads what was loaded into an engine that was started anew. */
  async restore(engine: Engine): Promise<void> {
    for (const adapter of this.#loaded.values()) await engine.loadAdapter(forEngine(adapter));
  }
}

function forEngine({ hash, path, sha256 }: AdapterFiles) {
  return { id: hash, path, sha256: sha256 ?? hash };
}
