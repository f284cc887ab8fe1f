/** Scaffold packages in the store: kept whole, so that a run or a campaign can go on after their folder is gone. */
import { StoreError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { type LoadedScaffold, loadScaffold } from "../scaffold/load-scaffold.ts";
import type { PackageFiles } from "../scaffold/package-files.ts";
import type { Store } from "../store/store.ts";

/** Doing it twice is harmless. */
export async function keepScaffold(store: Store, scaffold: LoadedScaffold): Promise<void> {
  for (const content of scaffold.files.values()) await store.blobs.put(content);
  const hash = await store.records.put<"automem.scaffold-record/1">(scaffold.record);
  if (hash !== scaffold.hash) {
    throw new StoreError(`Scaffold ${scaffold.manifest.name} was kept as ${hash}, but is ${scaffold.hash}.`, {
      code: "bad-hash",
    });
  }
}

/** Throws `StoreError` if the record or one of its files is missing or damaged. */
export async function keptScaffold(store: Store, hash: Hash): Promise<LoadedScaffold> {
  return loadScaffold(await keptPackage(store, hash));
}

/** The files alone; nothing is run. */
export async function keptPackage(store: Store, hash: Hash): Promise<PackageFiles> {
  const record = await store.records.get(hash, "automem.scaffold-record/1");
  const files = new Map<string, Uint8Array>();
  for (const [path, blob] of Object.entries(record.files)) files.set(path, await store.blobs.get(blob));
  return files;
}
