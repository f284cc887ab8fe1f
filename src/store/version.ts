/** The store's own version. A store written by a newer automem is refused before anything in it is touched. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { StoreError } from "../core/errors.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { isMissing, storeFault, writeStoreFile } from "./fault.ts";

/** Version this program writes and reads. */
export const storeVersion = 1;

const VersionNumber = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Of this version; a newer one may have more keys. */
export const VersionFile = v.strictObject({ storeVersion: v.pipe(VersionNumber, v.maxValue(storeVersion)) });
/** Read first, and of any version to come: the number, and a check as all small files have one. */
const AnyVersionFile = v.looseObject({ storeVersion: v.pipe(VersionNumber, v.minValue(storeVersion + 1)) });

/**
 * Makes sure that `folder` is a store of this version; an absent or empty folder becomes one.
 * Throws `StoreError`: `newer-store`, `not-a-store` (other files, no version file), `bad-version-file`, or a disk fault.
 */
export async function claimStoreFolder(folder: string): Promise<void> {
  const path = join(folder, "version.json");
  const text = await readIfThere(path);
  if (text !== undefined) return checkVersion(text, path);
  try {
    await mkdir(folder, { recursive: true });
    const others = (await readdir(folder)).filter((name) => !name.endsWith(".tmp"));
    if (others.length > 0) {
      throw new StoreError(
        `${folder} is not an automem store: it holds ${others.slice(0, 3).join(", ")} but no version.json. Point AUTOMEM_HOME elsewhere.`,
        { code: "not-a-store", data: { folder } },
      );
    }
  } catch (cause) {
    throw storeFault(cause, "make the store", folder);
  }
  await writeStoreFile(path, formatChecked({ storeVersion }), "make the store");
}

/** Throws `StoreError`: `newer-store`, `bad-version-file`. `path` is for the message. */
export function checkVersion(text: string, path: string): void {
  const newer = parseChecked(text, AnyVersionFile);
  if ("value" in newer) {
    const found = newer.value.storeVersion;
    throw new StoreError(
      `The store at ${path} has version ${found}; this automem knows up to ${storeVersion}. Nothing was touched. Use a newer automem.`,
      { code: "newer-store", data: { path, found, known: storeVersion } },
    );
  }
  const read = parseChecked(text, VersionFile);
  if ("value" in read) return;
  throw new StoreError(
    `${path} cannot be read: ${read.problem}. If the store is one of version ${storeVersion}, write {"storeVersion":${storeVersion}} into it.`,
    { code: "bad-version-file", data: { path } },
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "read the store's version", path);
  }
}
