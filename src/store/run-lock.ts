/** Who plays a run: one process at a time. The lock itself is the kernel's (file-lock.ts); the file beside it says who holds it. */
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { StoreError } from "../core/errors.ts";
import { isMissing, storeFault, writeStoreFile } from "./fault.ts";
import { type FileLock, tryLock } from "./file-lock.ts";

export const LockHolder = v.object({
  pid: v.number(),
  host: v.string(),
  /** ISO 8601: when it took the run. */
  since: v.string(),
});
export type LockHolder = v.InferOutput<typeof LockHolder>;

export interface RunLock {
  release(): void;
}

/**
 * Takes the run in `folder`. A holder that died, however it died, has lost it.
 * Throws `StoreError` `run-held` with the holder in `data.holder`.
 */
export async function lockRun(folder: string, runId: string, nowMs: number): Promise<RunLock> {
  // Someone who only looks (runHolder) has it for a moment; that is waited for.
  const lock = tryLock(join(folder, "lock.sqlite"), 100);
  if (lock === undefined) {
    const holder = readHolder(folder);
    const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : "another process";
    throw new StoreError(`Run ${runId} is being played by ${who}. Wait for it, or stop it first; then resume.`, {
      code: "run-held",
      data: { runId, holder },
    });
  }
  try {
    const holder: LockHolder = { pid: process.pid, host: hostname(), since: new Date(nowMs).toISOString() };
    await writeStoreFile(join(folder, "holder.json"), `${JSON.stringify(holder)}\n`, "write who holds the run");
    return lock;
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

/** The process that plays the run now; `undefined` if none does. Where this process may not write, nobody can be asked: `undefined` too. */
export function runHolder(folder: string): LockHolder | undefined {
  const path = join(folder, "lock.sqlite");
  if (!existsSync(path)) return undefined;
  let lock: FileLock | undefined;
  try {
    lock = tryLock(path);
  } catch (fault) {
    if (fault instanceof StoreError && fault.code === "not-writable") return undefined;
    throw fault;
  }
  if (lock === undefined) return readHolder(folder);
  lock.release();
  return undefined;
}

function readHolder(folder: string): LockHolder | undefined {
  const path = join(folder, "holder.json");
  try {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), LockHolder), readFileSync(path, "utf8"));
    return parsed.success ? parsed.output : undefined;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "read who holds the run", path);
  }
}
