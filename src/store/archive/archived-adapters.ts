/** The adapters in an unpacked archive. An archive holds their records and blobs; who takes it in makes the refs by which they are found. */
import * as v from "valibot";
import { AdapterRecord } from "../../core/adapter.ts";
import { StoreError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { objectHash } from "../list-files.ts";
import type { Store } from "../store.ts";
import type { ExportManifest } from "./manifest.ts";

/** In the order of the manifest. Records that are damaged or do not fit their kind are left to those who check all records. */
export async function archivedAdapters(
  staged: Store,
  files: ExportManifest["files"],
): Promise<{ record: Hash; adapter: AdapterRecord }[]> {
  const found: { record: Hash; adapter: AdapterRecord }[] = [];
  for (const file of files) {
    const object = objectHash(file.path);
    if (object?.kind !== "record") continue;
    const read = v.safeParse(AdapterRecord, await readIfSound(staged, object.hash));
    if (read.success) found.push({ record: object.hash, adapter: read.output });
  }
  return found;
}

async function readIfSound(staged: Store, record: Hash): Promise<unknown> {
  try {
    return await staged.records.getAny(record);
  } catch (fault) {
    if (fault instanceof StoreError) return undefined;
    throw fault;
  }
}
