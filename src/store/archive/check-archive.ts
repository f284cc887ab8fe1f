/** Checks an unpacked archive, file by file and as a whole, before anything of it counts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { StoreError } from "../../core/errors.ts";
import { hashBytes } from "../../core/hash.ts";
import { adapterRef } from "../adapter-refs.ts";
import { checkStore } from "../check/check-store.ts";
import { formatChecked } from "../checked-json.ts";
import { decompressVerified } from "../compressed.ts";
import { isMissing, writeStoreFile } from "../fault.ts";
import { reachedByRun } from "../garbage/reached.ts";
import { listFiles, objectHash } from "../list-files.ts";
import { isRunId } from "../run-id.ts";
import { Store } from "../store.ts";
import { storeVersion } from "../version.ts";
import { archivedAdapters } from "./archived-adapters.ts";
import { badArchive } from "./bad-archive.ts";
import { ExportManifest, exportSchema, isRunFilePath, manifestName } from "./manifest.ts";

/**
 * `folder` holds the unpacked archive and nothing else; a version file and the refs of its adapters are written into it. `path` is the archive's, for messages.
 * Throws `StoreError`: `bad-archive`, `newer-archive`.
 */
export async function checkArchive(folder: string, path: string, limitBytes: number): Promise<ExportManifest> {
  const manifest = await readManifest(folder, path);
  await checkFiles(folder, path, manifest);
  await checkSizes(folder, path, manifest, limitBytes);
  await checkWhole(folder, path, manifest);
  return manifest;
}

async function readManifest(folder: string, path: string): Promise<ExportManifest> {
  let text: string;
  try {
    text = await readFile(join(folder, manifestName), "utf8");
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw badArchive(path, `it holds no ${manifestName}, so it is no archive of \`automem store export\``, cause);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  const any = (parsed.success ? parsed.output : {}) as { schema?: unknown; storeVersion?: unknown } | null;
  const schemaNumber = /^automem\.export\/(\d+)$/.exec(String(any?.schema))?.[1];
  const isNewer = Number(schemaNumber) > Number(exportSchema.split("/")[1]) || Number(any?.storeVersion) > storeVersion;
  if (isNewer) {
    throw new StoreError(
      `${path} was made by a newer automem (${any?.schema}). Nothing was changed. Use a newer automem.`,
      {
        code: "newer-archive",
        data: { path },
      },
    );
  }
  const manifest = v.safeParse(ExportManifest, any);
  if (!manifest.success) throw badArchive(path, `its ${manifestName} cannot be read: ${manifest.issues[0].message}`);
  if (!isRunId(manifest.output.run)) throw badArchive(path, "its run has a name that no run has");
  return manifest.output;
}

/** The files are those of the manifest, each with its hash, at places that a run's files have. */
async function checkFiles(folder: string, path: string, { run, files }: ExportManifest): Promise<void> {
  const named = new Map(files.map((file) => [file.path, file]));
  for (const file of await listFiles(folder)) {
    if (file.path === manifestName) continue;
    const expected = named.get(file.path);
    if (expected === undefined) throw badArchive(path, `it holds ${file.path}, which its manifest does not name`);
    if (objectHash(file.path) === undefined && !isRunFilePath(file.path, run)) {
      throw badArchive(path, `it holds ${file.path}, which is no file of a run`);
    }
    const wrongSize = file.sizeBytes !== expected.sizeBytes;
    if (wrongSize || hashBytes(await readFile(join(folder, file.path))) !== expected.sha256) {
      throw badArchive(path, `${file.path} is not what its manifest says`);
    }
    named.delete(file.path);
  }
  const [missing] = named.keys();
  if (missing !== undefined) throw badArchive(path, `${missing} is missing`);
}

/** Compressed files do not unpack to more than the limit in all, and have the content that their names say. */
async function checkSizes(folder: string, path: string, { files }: ExportManifest, limitBytes: number): Promise<void> {
  let left = limitBytes;
  for (const file of files) {
    const hash = objectHash(file.path)?.hash ?? /\.([0-9a-f]{64})\.zst$/.exec(file.path)?.[1];
    if (hash === undefined || !file.path.endsWith(".zst")) continue;
    try {
      left -= decompressVerified(hash, await readFile(join(folder, file.path)), file.path, left).length;
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      throw badArchive(path, cause.message.replace(/\. Restore .*$/, ""), cause);
    }
  }
}

/** It is a sound store with this one run, and holds nothing that the run does not need. */
async function checkWhole(folder: string, path: string, { run, files }: ExportManifest): Promise<void> {
  await writeStoreFile(join(folder, "version.json"), formatChecked({ storeVersion }), "check an archive");
  const staged = Store.forCheck(folder);
  for (const { record, adapter } of await archivedAdapters(staged, files)) {
    if (staged.refs.get(adapterRef(adapter.name)) !== undefined) {
      throw badArchive(path, `it holds adapter ${adapter.name} twice`);
    }
    staged.refs.move(adapterRef(adapter.name), undefined, record);
  }
  const { damage, remarks } = await checkStore(staged);
  const [first] = damage;
  if (first !== undefined) throw badArchive(path, `${first.path}: ${first.problem}`);
  const unknown = remarks.find(({ path: place }) => place.startsWith("records/"));
  if (unknown !== undefined) throw badArchive(path, `${unknown.path} is ${unknown.remark}`);
  const opened = await staged.runs.open(run);
  const keys = new Set(opened.episodes.map(({ key }) => key));
  const reached = await reachedByRun(staged, run);
  for (const file of files) {
    const hash = objectHash(file.path)?.hash;
    if (hash !== undefined && !reached.has(hash)) throw badArchive(path, `${file.path} is nothing that the run needs`);
    const key = /^runs\/[^/]+\/(?:episodes|times)\/([^/.]+)/.exec(file.path)?.[1];
    if (key !== undefined && !keys.has(key)) throw badArchive(path, `${file.path} is of no episode of the run`);
  }
}
