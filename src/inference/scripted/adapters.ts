/** Adapters of a scripted model: their weights are not looked at; the rank of one chooses among the rules (docs/models.md, "Scripted models"). */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { peftConfigFile } from "../../core/adapter.ts";
import type { AdapterFiles, AdapterLoader } from "../../core/adapter-loader.ts";
import { ProviderError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { parsePeftConfig } from "../adapters/peft-folder.ts";

export class ScriptedAdapters implements AdapterLoader {
  readonly form = "peft";
  readonly #ranks = new Map<Hash, number>();

  async load({ hash, path }: AdapterFiles): Promise<void> {
    const file = join(path, peftConfigFile);
    this.#ranks.set(hash, parsePeftConfig(await readFile(file), file).r);
  }

  async unload(hash: Hash): Promise<void> {
    this.#ranks.delete(hash);
  }

  async loaded(): Promise<Hash[]> {
    return [...this.#ranks.keys()].sort();
  }

  /** Throws `ProviderError` `refused` for one that is not loaded. */
  rankOf(hash: Hash): number {
    const rank = this.#ranks.get(hash);
    if (rank !== undefined) return rank;
    throw new ProviderError(`The scripted model has no adapter ${hash.slice(0, 12)}.`, { code: "refused" });
  }
}
