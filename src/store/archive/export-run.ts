/** Writes a run with all it needs into one archive; see manifest.ts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../../core/errors.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { type PackedFile, packTarGz } from "../../platform/pack-tar.ts";
import { adapterRef } from "../adapter-refs.ts";
import { decompressVerified } from "../compressed.ts";
import { storeFault } from "../fault.ts";
import { reachedByRun } from "../garbage/reached.ts";
import { linksOf } from "../links.ts";
import { listFiles } from "../list-files.ts";
import type { Store } from "../store.ts";
import { storeVersion } from "../version.ts";
import { type ExportManifest, exportSchema, isRunFilePath, manifestName } from "./manifest.ts";

export interface ExportOptions {
  /** Where the archive goes. Replaced if it is there. */
  path: string;
  nowMs: number;
  automemVersion: string;
}

export interface ExportReport {
  run: string;
  path: string;
  files: number;
  /** Of the files in it. */
  bytes: number;
}

/**
 * The run may be unfinished, but nobody may play it meanwhile. Everything is checked as it is read, so damage is never exported.
 * Throws `ConfigError` `unknown-run`, `StoreError`: `run-held`, what damage it finds, or a disk fault (also of the archive's disk).
 */
export async function exportRun(store: Store, runId: string, options: ExportOptions): Promise<ExportReport> {
  const run = await store.runs.open(runId);
  const lock = await run.folder.lock(options.nowMs);
  try {
    const paths = await pathsOf(store, runId);
    const files: ExportManifest["files"] = [];
    for (const path of paths) {
      const content = await readSound(store, path);
      files.push({ path, sizeBytes: content.length, sha256: hashBytes(content) });
    }
    const { automemVersion } = options;
    const manifest: ExportManifest = { schema: exportSchema, storeVersion, automemVersion, run: runId, files };
    await write(store, manifest, options.path);
    return {
      run: runId,
      path: options.path,
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    };
  } finally {
    lock.release();
  }
}

async function write(store: Store, manifest: ExportManifest, path: string): Promise<void> {
  async function* packed(): AsyncGenerator<PackedFile> {
    yield { path: manifestName, content: Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`) };
    for (const { path } of manifest.files) yield { path, content: await readSound(store, path) };
  }
  try {
    await packTarGz(path, packed());
  } catch (cause) {
    throw storeFault(cause, "write the archive", path);
  }
}

/** Relative to the store, in order. */
async function pathsOf(store: Store, runId: string): Promise<string[]> {
  const relative = (path: string) => path.slice(store.folder.length + 1).replaceAll("\\", "/");
  const paths: string[] = [];
  for (const hash of await reachedByRun(store, runId)) {
    if (await store.blobs.has(hash)) paths.push(relative(store.blobs.path(hash)));
    if (!(await store.records.has(hash))) continue;
    paths.push(relative(store.records.path(hash)));
    await needLinks(store, hash);
  }
  const ofRun = (await listFiles(join(store.folder, "runs", runId))).map(({ path }) => `runs/${runId}/${path}`);
  return [...paths.sort(), ...ofRun.filter((path) => isRunFilePath(path, runId)).sort()];
}

/** Throws if something that a record names is not there: a hash in a record may be of something else, so reaching it does not tell. */
async function needLinks(store: Store, record: Hash): Promise<void> {
  const links = linksOf(await store.records.getAny(record));
  if (links === undefined || "problem" in links) return;
  for (const hash of links.records) await store.records.getAny(hash);
  for (const hash of links.blobs) if (!(await store.blobs.has(hash))) await store.blobs.get(hash);
  for (const name of links.adapters ?? []) {
    if (store.refs.get(adapterRef(name)) !== undefined) continue;
    throw new StoreError(
      `Adapter ${name}, which was played with, is not in the store. Take it in again: automem adapter import.`,
      { code: "missing-adapter", data: { adapter: name } },
    );
  }
}

/** Bytes of a file of the store; an object is checked against its name. */
async function readSound(store: Store, path: string): Promise<Uint8Array> {
  const full = join(store.folder, path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(full);
  } catch (cause) {
    throw storeFault(cause, "read what is exported", full);
  }
  const [kind, head = "", rest = ""] = path.split("/");
  if (kind === "blobs") decompressVerified(head + rest.slice(0, 62), bytes, full);
  if (kind === "records") await store.records.getAny(head + rest.slice(0, 62));
  return bytes;
}
