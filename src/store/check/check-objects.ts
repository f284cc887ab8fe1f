/** Reads every blob and record of a store and checks it against its name; keeps what each sound record names. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../../core/errors.ts";
import { type Hash, hashBytes } from "../../core/hash.ts";
import { decompressVerified, hasCheckFrame } from "../compressed.ts";
import { isMissing, storeFault } from "../fault.ts";
import { type Links, linksOf } from "../links.ts";
import { listObjects } from "../list-files.ts";
import type { Remark } from "./report.ts";

export interface ObjectCheck {
  blobs: Set<Hash>;
  /** Sound records of known kinds, with what they name. */
  records: Map<Hash, Links & { schema: string }>;
  /** Records read, those of unknown kinds and damaged ones included. */
  recordCount: number;
  /** What is wrong, by path relative to the store. */
  damage: Map<string, { hash: Hash; kind: "blob" | "record"; problem: string }>;
  unchecked: number;
  remarks: Remark[];
}

/** One object in memory at a time. An object that goes away meanwhile (garbage collected) is left out. */
export async function checkObjects(storeFolder: string): Promise<ObjectCheck> {
  const { objects, others } = await listObjects(storeFolder);
  const found: ObjectCheck = {
    blobs: new Set(),
    records: new Map(),
    recordCount: 0,
    damage: new Map(),
    unchecked: 0,
    remarks: others.map(({ path }) => ({ path, remark: "not an object of the store; gc removes what ends with .tmp" })),
  };
  for (const { path, kind, hash } of objects) {
    const bytes = await readIfThere(join(storeFolder, path));
    if (bytes === undefined) continue;
    if (kind === "blob") found.blobs.add(hash);
    else found.recordCount++;
    const problem = kind === "blob" ? checkBlob(found, hash, bytes, path) : checkRecord(found, hash, bytes, path);
    if (problem !== undefined) found.damage.set(path, { hash, kind, problem });
  }
  return found;
}

function checkBlob(found: ObjectCheck, hash: Hash, bytes: Uint8Array, path: string): string | undefined {
  if (!hasCheckFrame(bytes)) found.unchecked++;
  try {
    decompressVerified(hash, bytes, path);
    return undefined;
  } catch (cause) {
    if (cause instanceof StoreError) return cause.message;
    throw cause;
  }
}

function checkRecord(found: ObjectCheck, hash: Hash, bytes: Uint8Array, path: string): string | undefined {
  const content = hashBytes(bytes);
  if (content !== hash) return `its content has hash ${content}`;
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const links = linksOf(json);
  if (links === undefined) {
    found.remarks.push({
      path,
      remark: "a record of a kind this automem does not know; what it names was not looked for",
    });
    return undefined;
  }
  if ("problem" in links) return `it does not fit its kind: ${links.problem}`;
  found.records.set(hash, { ...links, schema: (json as { schema: string }).schema });
  return undefined;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "read an object", path);
  }
}
