/**
 * Takes in a run from an archive of strangers. It is unpacked into a folder of its own, checked there whole, and only then are its objects
 * put into the store and its run folder renamed into place; so an archive that is refused leaves nothing, and one that is cut short by a
 * crash leaves garbage for gc.
 */
import { mkdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AutomemError, ConfigError, messageOf, StoreError } from "../../core/errors.ts";
import { syncFolder } from "../../platform/atomic-write.ts";
import { unpackTarGz } from "../../platform/unpack-tar.ts";
import { keepAdapter } from "../adapters.ts";
import { storeFault, writeStoreFile } from "../fault.ts";
import { listFiles, objectHash } from "../list-files.ts";
import { Store } from "../store.ts";
import { archivedAdapters } from "./archived-adapters.ts";
import { badArchive } from "./bad-archive.ts";
import { checkArchive } from "./check-archive.ts";
import type { ExportManifest } from "./manifest.ts";

export interface ImportLimits {
  /** Files and folders in the archive. */
  entries: number;
  /** Bytes of all files, unpacked; and again of all blobs, decompressed. */
  totalBytes: number;
}

export const standardImportLimits: ImportLimits = { entries: 1_000_000, totalBytes: 64 * 1024 ** 3 };

export interface ImportReport {
  run: string;
  /** False if the run was there already: then only objects that were missing or damaged were written. */
  added: boolean;
  objects: number;
  written: number;
}

/**
 * Takes in the run in the archive at `path`. Doing it twice is harmless, and mends damaged objects.
 * Throws `StoreError`: `bad-archive` (paths that leave the folder, links, duplicates, wrong hashes, too large, cut short, not all a run
 * needs), `newer-archive`, `run-differs` (another run of that name is there), or a disk fault.
 */
export async function importRun(
  store: Store,
  path: string,
  limits: ImportLimits = standardImportLimits,
): Promise<ImportReport> {
  const incoming = join(store.folder, "incoming", crypto.randomUUID());
  try {
    await unpack(path, incoming, limits);
    const manifest = await checkArchive(incoming, path, limits.totalBytes);
    return await publish(store, incoming, manifest, path);
  } catch (cause) {
    if (cause instanceof AutomemError) throw cause;
    throw badArchive(path, messageOf(cause), cause);
  } finally {
    await rm(incoming, { recursive: true, force: true });
    // Left to others who are taking something in.
    await rmdir(join(store.folder, "incoming")).catch(() => undefined);
  }
}

async function unpack(path: string, incoming: string, limits: ImportLimits): Promise<void> {
  try {
    await mkdir(incoming, { recursive: true });
    await unpackTarGz(path, incoming, limits);
  } catch (cause) {
    const system = ((cause as { cause?: unknown }).cause ?? cause) as NodeJS.ErrnoException;
    const ofDisk = ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EFBIG", "EIO"].includes(system.code ?? "");
    if (ofDisk) throw storeFault(system, "unpack the archive", incoming);
    throw badArchive(path, messageOf(cause).replace(/\.$/, ""), cause);
  }
}

async function publish(store: Store, incoming: string, manifest: ExportManifest, path: string): Promise<ImportReport> {
  const { run, files } = manifest;
  const present = await store.runs.folder(run).peekFile();
  const coming = await Store.forCheck(incoming).runs.folder(run).peekFile();
  if (present !== undefined && JSON.stringify(present) !== JSON.stringify(coming)) {
    throw new StoreError(`${path} is not taken in: the store holds another run named ${run}. Nothing was changed.`, {
      code: "run-differs",
      data: { run },
    });
  }
  const report: ImportReport = { run, added: present === undefined, objects: 0, written: 0 };
  for (const file of files) {
    const object = objectHash(file.path);
    if (object === undefined) continue;
    const bytes = await readFile(join(incoming, file.path));
    const place = object.kind === "blob" ? store.blobs : store.records;
    report.objects++;
    if (await place.restore(object.hash, bytes)) report.written++;
  }
  await nameAdapters(store, Store.forCheck(incoming), files);
  if (report.added) await moveRun(store, incoming, run);
  return report;
}

/** An adapter that is here already stays as it is, where the archive's has another GGUF or another origin: the name is that of the content. */
async function nameAdapters(store: Store, incoming: Store, files: ExportManifest["files"]): Promise<void> {
  for (const { adapter } of await archivedAdapters(incoming, files)) {
    try {
      await keepAdapter(store, adapter);
    } catch (fault) {
      if (!(fault instanceof ConfigError) || fault.code !== "adapter-differs") throw fault;
    }
  }
}

/** The folder of the run appears whole. */
async function moveRun(store: Store, incoming: string, run: string): Promise<void> {
  const from = join(incoming, "runs", run);
  const to = join(store.folder, "runs", run);
  for (const { path } of await listFiles(from)) {
    // Written again, this time synced.
    await writeStoreFile(join(from, path), await readFile(join(from, path)), "take in a run's file");
  }
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    await syncFolder(dirname(to));
  } catch (cause) {
    throw storeFault(cause, "take in a run", to);
  }
}
