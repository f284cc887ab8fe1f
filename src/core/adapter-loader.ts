/** Adapters of a model whose server takes them while it runs. An adapter is named by its content hash, everywhere and for ever. */
import type { Hash } from "./hash.ts";

export interface AdapterFiles {
  hash: Hash;
  /** Folder or file as the server sees it; its path carries the hash, so that other weights never lie under the same path. */
  path: string;
}

/** Throws `ProviderError`; `refused` for an adapter that the server cannot use. */
export interface AdapterLoader {
  /** Afterwards calls may name the hash. Loading one that is loaded changes nothing. */
  load(adapter: AdapterFiles): Promise<void>;
  /** Unloading one that is not loaded changes nothing. */
  unload(hash: Hash): Promise<void>;
  loaded(): Promise<Hash[]>;
}
