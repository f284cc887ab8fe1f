/**
 * A folder that a user asked for, outside the store: written whole or not at all, and never over something else. While it is written, it stands
 * beside under a name of its own with a file that says who writes it; what a process left that was killed is cleared by the next one.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, realpath, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError, messageOf } from "../core/errors.ts";
import { acquireLock, type Lock } from "../platform/file-lock.ts";
import { clearLeftovers, writerFile } from "./output-leftovers.ts";

/** What a former folder may hold. */
export interface FormerFolder {
  /** The name that says that it is one. */
  marker: string;
  names: readonly string[];
  /** For people: "a former copy". */
  what: string;
}

/**
 * `fill` writes into a folder beside, which then takes the place of `path`; if it fails nothing is left and what was there stays. What is
 * there may be nothing, an empty folder, or a former one: `marker` and no other names than `names`. What a killed process left beside is removed.
 * Throws `ConfigError` (`output-folder`); what `fill` throws passes through.
 */
export async function fillOutputFolder(
  path: string,
  former: FormerFolder,
  fill: (beside: string) => Promise<void>,
): Promise<string> {
  const full = await realpath(path).catch(() => resolve(path));
  await attributed(full, () => clearLeftovers(full, former));
  await refuseOthers(full, former);
  const own = `${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
  const [beside, before] = [`${full}.${own}.tmp`, `${full}.${own}.old`];
  try {
    await attributed(full, () => mkdir(beside, { recursive: true }));
    const writing = await attributed(full, () => hold(beside, full));
    await fill(beside);
    await writing.release();
    // Someone may have put something there meanwhile.
    await refuseOthers(full, former);
    await attributed(full, () => exchange(full, beside, before));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  await rm(before, { recursive: true, force: true });
  return full;
}

/** Says in a folder that this process is at work on it. */
async function hold(folder: string, full: string): Promise<Lock> {
  const held = await acquireLock(join(folder, writerFile), `writing ${full}`);
  if ("heldBy" in held) throw new Error(`process ${held.heldBy.pid} on ${held.heldBy.host} is writing it`);
  return held;
}

async function refuseOthers(full: string, { marker, names, what }: FormerFolder): Promise<void> {
  let found: string[];
  try {
    found = await readdir(full, { encoding: "utf8" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
    throw fault(full, messageOf(cause), cause);
  }
  if (found.length === 0) return;
  if (!found.includes(marker)) throw fault(full, `it is not empty, and not ${what}`);
  const other = found.find((name) => !names.includes(name) && name !== writerFile);
  if (other !== undefined) throw fault(full, `besides ${what} it holds ${join(full, other)}, which would be lost`);
}

async function attributed<Result>(full: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw fault(full, messageOf(cause), cause);
  }
}

/** `beside` takes the place of `full`, which is called `before` from then on, if there is one. */
async function exchange(full: string, beside: string, before: string): Promise<void> {
  if (!existsSync(full)) return rename(beside, full);
  const replacing = await hold(full, full);
  try {
    await rename(full, before);
    try {
      await rename(beside, full);
    } catch (cause) {
      await rename(before, full);
      throw cause;
    }
  } catch (cause) {
    await replacing.release();
    throw cause;
  }
}

function fault(full: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(`The folder ${full} cannot be written: ${why}. Name a new folder, or an empty one.`, {
    code: "output-folder",
    data: { path: full },
    cause,
  });
}
