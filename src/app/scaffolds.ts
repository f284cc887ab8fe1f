/** Finds scaffold packages: those that come with automem by name, folders, and those a store has kept, by ref or hash. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { keptPackage } from "../campaign/kept-scaffold.ts";
import { ConfigError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { editorFiles } from "../scaffold/check/foreign-files.ts";
import { type LoadedScaffold, loadScaffold } from "../scaffold/load-scaffold.ts";
import type { PackageFiles } from "../scaffold/package-files.ts";
import type { Store } from "../store/store.ts";
import { type FileMap, firstPartyFolder, firstPartyNames } from "./first-party.ts";

/** Refs of scaffolds begin so; `evolve` sets them. */
export const scaffoldRefs = "scaffold/";

/** Where a package is looked for that is neither shipped nor a folder. */
export interface ScaffoldPlaces {
  store(): Promise<Store>;
}

/**
 * A package by what a person calls it: a shipped name, a folder with a scaffold.json, a ref (`scaffold/...`), a hash or the first eight or
 * more digits of one. Its modules are loaded once. Throws `ConfigError` (`unknown-scaffold`, `ambiguous-scaffold`), `ScaffoldError`,
 * `StoreError`.
 */
export async function findScaffold(places: ScaffoldPlaces, named: string): Promise<LoadedScaffold> {
  return loadScaffold(await findPackage(places, named));
}

/** The same, without loading it: for a package that may be broken. */
export async function findPackage(places: ScaffoldPlaces, named: string): Promise<PackageFiles> {
  if (/^[a-z][a-z0-9-]*$/.test(named)) {
    const files = await firstPartyFolder(`scaffolds/${named}`);
    if (files.size > 0) return files;
  }
  if ((await stat(join(named, "scaffold.json")).catch(() => undefined))?.isFile()) return readPackageFolder(named);
  if (named.startsWith(scaffoldRefs)) return findRef(await places.store(), named);
  if (/^[0-9a-f]{8,64}$/.test(named)) return findHash(await places.store(), named);
  const shipped = (await firstPartyNames("scaffolds")).join(", ");
  throw unknown(
    `There is no scaffold "${named}". Shipped: ${shipped}. Or give a folder that has a scaffold.json, such as ./my-scaffold, a ref (${scaffoldRefs}...) or a hash.`,
  );
}

/** What `findPackage` takes by name: shipped names, then refs, best ones first (`scaffold/CAMPAIGN/best`). */
export async function knownScaffolds(places: ScaffoldPlaces): Promise<string[]> {
  const refs = (await (await places.store()).refs.names()).filter((ref) => ref.startsWith(scaffoldRefs));
  const isBest = (ref: string) => ref.endsWith("/best");
  return [...(await firstPartyNames("scaffolds")), ...refs.filter(isBest), ...refs.filter((ref) => !isBest(ref))];
}

/** The files of a package's folder, without what lies there for an editor and without hidden files. */
export async function readPackageFolder(folder: string): Promise<FileMap> {
  const files: FileMap = new Map();
  for await (const path of new Bun.Glob("**/*").scan({ cwd: folder, onlyFiles: true, followSymlinks: true })) {
    const normal = path.replaceAll("\\", "/");
    if (editorFiles.includes(normal) || /(^|\/)node_modules\//.test(normal)) continue;
    files.set(normal, await Bun.file(join(folder, path)).bytes());
  }
  return files;
}

async function findRef(store: Store, name: string): Promise<PackageFiles> {
  const hash = store.refs.get(name);
  if (hash !== undefined) return keptPackage(store, hash);
  const known = (await store.refs.names()).filter((ref) => ref.startsWith(scaffoldRefs));
  throw unknown(
    `There is no ref "${name}".${known.length === 0 ? " There are none yet." : ` Refs: ${known.join(", ")}.`}`,
  );
}

async function findHash(store: Store, beginning: string): Promise<PackageFiles> {
  // A path has two digits, a slash, and the rest.
  const sample = store.records.path(beginning.padEnd(64, "0") as Hash);
  const names = await readdir(dirname(sample)).catch((): string[] => []);
  const start = beginning.slice(0, 2);
  const hashes = names
    .map((name) => (start + basename(name, ".json")) as Hash)
    .filter((hash) => hash.startsWith(beginning));
  const scaffolds: Hash[] = [];
  for (const hash of hashes) {
    const record = (await store.records.getAny(hash)) as { schema?: unknown } | null;
    if (record?.schema === "automem.scaffold-record/1") scaffolds.push(hash);
  }
  const [only, other] = scaffolds;
  if (only === undefined) throw unknown(`The store keeps no scaffold whose hash begins with ${beginning}.`);
  if (other === undefined) return keptPackage(store, only);
  throw new ConfigError(
    `${beginning} is the beginning of ${scaffolds.length} hashes: ${scaffolds.slice(0, 4).join(", ")}.`,
    {
      code: "ambiguous-scaffold",
    },
  );
}

function unknown(message: string): ConfigError {
  return new ConfigError(message, { code: "unknown-scaffold" });
}
