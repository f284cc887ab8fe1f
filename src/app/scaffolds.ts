/** Finds scaffold packages: those that come with automem by name, folders, and those a store has kept. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, StoreError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { type LoadedScaffold, loadScaffold } from "../scaffold/load-scaffold.ts";
import type { Store } from "../store/store.ts";
import { type FileMap, firstPartyFolder, firstPartyNames } from "./first-party.ts";

/** A shipped scaffold by name, or a folder. Throws `ConfigError` (`unknown-scaffold`) or `ScaffoldError`. */
export async function findScaffold(named: string): Promise<LoadedScaffold> {
  if (/^[a-z][a-z0-9-]*$/.test(named)) {
    const files = await firstPartyFolder(`scaffolds/${named}`);
    if (files.size > 0) return loadScaffold(files);
  }
  if ((await stat(join(named, "scaffold.json")).catch(() => undefined))?.isFile())
    return loadScaffold(await readFolder(named));
  const shipped = (await firstPartyNames("scaffolds")).join(", ");
  throw new ConfigError(
    `There is no scaffold "${named}". Shipped: ${shipped}. Or give a folder that has a scaffold.json, such as ./my-scaffold.`,
    { code: "unknown-scaffold" },
  );
}

/** Keeps a package in the store, so that a run can be resumed and read after its folder is gone. */
export async function keepScaffold(store: Store, scaffold: LoadedScaffold): Promise<void> {
  for (const content of scaffold.files.values()) await store.blobs.put(content);
  const hash = await store.records.put<"automem.scaffold-record/1">(scaffold.record);
  if (hash !== scaffold.hash) {
    throw new StoreError(`Scaffold ${scaffold.manifest.name} was kept as ${hash}, but is ${scaffold.hash}.`, {
      code: "bad-hash",
    });
  }
}

/** A package from the store. Throws `StoreError` if it or one of its files is missing or damaged. */
export async function keptScaffold(store: Store, hash: Hash): Promise<LoadedScaffold> {
  const record = await store.records.get(hash, "automem.scaffold-record/1");
  const files: FileMap = new Map();
  for (const [path, blob] of Object.entries(record.files)) files.set(path, await store.blobs.get(blob));
  return loadScaffold(files);
}

async function readFolder(folder: string): Promise<FileMap> {
  const files: FileMap = new Map();
  for await (const path of new Bun.Glob("**/*").scan({ cwd: folder, onlyFiles: true })) {
    const normal = path.replaceAll("\\", "/");
    if (!/(^|\/)node_modules\//.test(normal)) files.set(normal, await Bun.file(join(folder, path)).bytes());
  }
  return files;
}
