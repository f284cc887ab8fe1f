/** Removes folders that were made read-only, which the system's own removal refuses. */
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes a folder of ours with all below it, read-only or not; nothing if there is none. Links are removed, not followed. */
export async function removeFolder(folder: string): Promise<void> {
  await eachFolder(folder, (found) => chmod(found, 0o755));
  await rm(folder, { recursive: true, force: true });
}

/** Takes a folder and those below it, the upper first. Nothing if there is none. Follows no link. */
export async function eachFolder(folder: string, work: (folder: string) => Promise<void>): Promise<void> {
  const found = await lstat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw cause;
  });
  if (!found?.isDirectory()) return;
  await work(folder);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await eachFolder(join(folder, entry.name), work);
  }
}
