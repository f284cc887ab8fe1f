/**
 * A lock between processes that the kernel gives back when its holder dies, even by SIGKILL: an exclusive SQLite transaction on a file
 * of its own. So there are no stale locks to guess about, and reused process ids or clock jumps do not matter.
 */
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { storeFault } from "./fault.ts";

export interface FileLock {
  release(): void;
}

/** A lock lasts until it is released, whatever becomes of the object: the garbage collector would close its file. */
const heldLocks = new Set<Database>();

/**
 * Takes the lock, waiting up to `waitMs` (the thread blocks meanwhile; 0 for no wait). `undefined` if another holder has it, in this
 * process or another. The file stays when the lock is released.
 */
export function tryLock(path: string, waitMs = 0): FileLock | undefined {
  let database: Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new Database(path);
    database.run(`PRAGMA busy_timeout = ${waitMs}`);
    database.run("BEGIN EXCLUSIVE");
  } catch (cause) {
    database?.close();
    const code = String((cause as { code?: unknown }).code);
    if (code.startsWith("SQLITE_BUSY")) return undefined;
    throw storeFault(asSystemError(cause, code), "take the lock", path);
  }
  const held = database;
  heldLocks.add(held);
  return {
    release: () => {
      heldLocks.delete(held);
      held.close();
    },
  };
}

/** SQLite's own codes, as the system errors they stand for. */
function asSystemError(cause: unknown, sqliteCode: string): unknown {
  const system = sqliteCode.startsWith("SQLITE_FULL")
    ? "ENOSPC"
    : /^SQLITE_(READONLY|CANTOPEN|PERM)/.test(sqliteCode)
      ? "EACCES"
      : undefined;
  return system === undefined ? cause : Object.assign(new Error(`${sqliteCode}`, { cause }), { code: system });
}
