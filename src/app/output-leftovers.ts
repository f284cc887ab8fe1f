/**
 * What a process that was killed left beside a folder that it wrote: `FOLDER.PID.RANDOM.tmp`, not finished, or `FOLDER.PID.RANDOM.old`, the former
 * folder that it was about to remove. Only what is certainly such a thing is touched: a folder of that name whose own file names a process of this
 * machine that is gone, and that holds nothing but what is written there.
 */
import { existsSync } from "node:fs";
import { lstat, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAlive, readHolder } from "../platform/file-lock.ts";
import { namesIn } from "../platform/names-in.ts";

/** Says who writes a folder; in it while it is written, and while it is replaced. */
export const writerFile = ".automem-writer.json";

/** `names`: what is written into such a folder. Throws what the file system throws. */
export async function clearLeftovers(full: string, { names }: { names: readonly string[] }): Promise<void> {
  for (const name of await namesIn(dirname(full))) {
    if (!name.startsWith(`${basename(full)}.`)) continue;
    const [, kind] = /^\d+\.[0-9a-f]{8}\.(tmp|old)$/.exec(name.slice(basename(full).length + 1)) ?? [];
    const path = join(dirname(full), name);
    if (kind === undefined || !(await isLeft(path, names))) continue;
    // Killed between taking the former one away and putting the new one there.
    if (kind === "old" && !existsSync(full)) {
      await rename(path, full);
      await rm(join(full, writerFile), { force: true });
    } else await rm(path, { recursive: true, force: true });
  }
  if (await isLeft(full, names)) await rm(join(full, writerFile), { force: true });
}

/** True for a folder that a process wrote which is gone. */
async function isLeft(path: string, names: readonly string[]): Promise<boolean> {
  const isKind = async (one: string, kind: "isDirectory" | "isFile") =>
    (await lstat(one).catch(() => undefined))?.[kind]() === true;
  const writer = join(path, writerFile);
  if (!(await isKind(path, "isDirectory")) || !(await isKind(writer, "isFile"))) return false;
  const holder = await readHolder(writer);
  if (holder === undefined || holder === "unreadable" || (await isAlive(holder))) return false;
  return (await readdir(path)).every((name) => name === writerFile || names.includes(name));
}
