/** Adapters of a model whose server takes them while it runs. An adapter is named by its content hash, everywhere and for ever. */
import type { Hash } from "./hash.ts";

/** `peft`: a folder as PEFT writes it. `gguf`: one file. */
export type AdapterForm = "peft" | "gguf";

export interface AdapterFiles {
  /** Its name: `adapterName` of src/core/adapter.ts. */
  hash: Hash;
  /** Folder or file as the server sees it; its path carries the hash, so that other weights never lie under the same path. */
  path: string;
  /** SHA-256 of a single file; looked at again by a server that can. Default for a GGUF: the name itself. */
  sha256?: Hash | undefined;
}

/** Throws `ProviderError`; `refused` for an adapter that the server cannot use. `ConfigError` `bad-adapter-path` for a path without the hash. */
export interface AdapterLoader {
  /** What `path` must be. */
  readonly form: AdapterForm;
  /** SHA-256 of the base's weights, where the model's identity has another digest. */
  readonly baseDigest?: Hash | undefined;
  /** Path of the base's weights, one GGUF file, on this machine; absent where the server does not tell. Throws `ConfigError` `no-base-weights`. */
  weightsFile?(): Promise<string>;
  /** Afterwards calls may name the hash. Loading one that is loaded changes nothing; other weights under its name are refused. */
  load(adapter: AdapterFiles): Promise<void>;
  /** Unloading one that is not loaded changes nothing. Calls under way end first. */
  unload(hash: Hash): Promise<void>;
  loaded(): Promise<Hash[]>;
}
