/** Files that are either whole or absent: written beside, synced, renamed into place, folder synced. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replaces or creates `path` with `content`; a reader sees the old content or the new, never a part.
 * Makes missing folders. On failure nothing is left beside it and the system's error is thrown. `durable: false` for what can be made again: no
 * sync, so a crash of the machine may leave a damaged file, which whoever reads it must be able to tell.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  { durable = true }: { durable?: boolean } = {},
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const beside = `${path}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(content);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
  if (durable) await syncFolder(folder);
}

/** Makes renames and new names in a folder durable. Windows has no such call; there it does nothing. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
