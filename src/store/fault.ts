/** Turns what the operating system says about a failed read or write into a `StoreError` that tells a person what to do. */
import { utimes } from "node:fs/promises";
import { AutomemError, StoreError } from "../core/errors.ts";
import { writeAtomic } from "../platform/atomic-write.ts";

/** Codes that mean: nothing more can be recorded at all, so a run has to stop. */
const wholeStoreCodes = new Set(["disk-full", "not-writable", "io"]);

/** True if the fault is the disk's or the folder's, so that going on with other episodes makes no sense. */
export function isWholeStoreFault(thrown: unknown): boolean {
  return thrown instanceof StoreError && wholeStoreCodes.has(thrown.code);
}

/**
 * Wraps a system error: `disk-full`, `not-writable`, `missing-file` or `io`. A typed error passes through.
 * `doing` continues "Cannot ...": `write blob 3f..`.
 */
export function storeFault(cause: unknown, doing: string, path: string): AutomemError {
  if (cause instanceof AutomemError) return cause;
  const { code: systemCode, message } = cause as NodeJS.ErrnoException;
  const say = (code: string, advice: string) =>
    new StoreError(`Cannot ${doing} (${path}): ${message ?? String(cause)}. ${advice}`, {
      code,
      data: { path, systemCode },
      cause,
    });
  switch (systemCode) {
    case "ENOSPC":
    case "EDQUOT":
      return say("disk-full", "Free some space there; what was recorded so far is safe, and the run can be resumed.");
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return say("not-writable", "Make the store writable, or point AUTOMEM_HOME at a folder that is.");
    case "ENOENT":
      return say("missing-file", "The store lacks a file it names; restore it from a backup.");
    default:
      return say("io", "Check the disk; what was recorded so far is safe.");
  }
}

/** `writeAtomic` with faults as `StoreError`. */
export async function writeStoreFile(path: string, content: string | Uint8Array, doing: string): Promise<void> {
  try {
    await writeAtomic(path, content);
  } catch (cause) {
    throw storeFault(cause, doing, path);
  }
}

/** True for the system's "no such file or folder". */
export function isMissing(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * Renews a file's time of change, by this machine's clock. False if there is no such file, or it is another user's: then the caller writes
 * it (again).
 */
export async function freshen(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (isMissing(cause) || code === "EPERM" || code === "EACCES") return false;
    throw storeFault(cause, "renew the time of an object", path);
  }
}
