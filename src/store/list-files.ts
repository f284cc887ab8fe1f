/** The files below a folder of the store, for those who look at all of it. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Hash } from "../core/hash.ts";
import { isMissing, storeFault } from "./fault.ts";

export interface ListedFile {
  /** Relative to the folder, parts divided by `/`. */
  path: string;
  sizeBytes: number;
  /** Milliseconds since 1970, by the file system's clock. */
  modifiedMs: number;
}

/** A blob or a record on disk. */
export interface ListedObject extends ListedFile {
  kind: "blob" | "record";
  hash: Hash;
}

/** All plain files below `folder`, in no order. A file or folder that goes away meanwhile is left out; none if there is no folder. */
export async function listFiles(folder: string): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  const walk = async (inner: string): Promise<void> => {
    for (const entry of await readEntries(join(folder, inner))) {
      const path = inner === "" ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) {
        const found = await statIfThere(join(folder, path));
        if (found !== undefined) files.push({ path, ...found });
      }
    }
  };
  await walk("");
  return files;
}

/** The objects of a store, and what else lies among them. Paths are relative to the store. */
export async function listObjects(storeFolder: string): Promise<{ objects: ListedObject[]; others: ListedFile[] }> {
  const objects: ListedObject[] = [];
  const others: ListedFile[] = [];
  for (const kind of ["blob", "record"] as const) {
    for (const file of await listFiles(join(storeFolder, `${kind}s`))) {
      const path = `${kind}s/${file.path}`;
      const hash = objectHash(path)?.hash;
      if (hash === undefined) others.push({ ...file, path });
      else objects.push({ ...file, path, kind, hash });
    }
  }
  return { objects, others };
}

/** What the object at a path of the store is; `undefined` if no object can lie there. */
export function objectHash(path: string): { kind: "blob" | "record"; hash: Hash } | undefined {
  const match = /^(?:(blobs)|records)\/([0-9a-f]{2})\/([0-9a-f]{62})\.(zst|json)$/.exec(path);
  if (match === null) return undefined;
  const [, blobs, head = "", rest = "", ending] = match;
  const kind = blobs === undefined ? "record" : "blob";
  return ending === (kind === "blob" ? "zst" : "json") ? { kind, hash: head + rest } : undefined;
}

/** Size and time of a file; `undefined` if it is not there. */
export async function statIfThere(path: string): Promise<{ sizeBytes: number; modifiedMs: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { sizeBytes: size, modifiedMs: mtimeMs };
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "look at a file", path);
  }
}

async function readEntries(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw storeFault(cause, "list a folder", folder);
  }
}
