/**
 * A lock that is a file with its holder's name in it. A holder that died (its pid is gone, or belongs to a process that started at another
 * time) is taken over; one on another host is believed alive.
 */
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";

/** Who holds a lock. */
export interface LockHolder {
  pid: number;
  host: string;
  /** Start of the process in clock ticks since boot; empty where the system does not tell. */
  processStart: string;
  /** What it holds the lock for, for people. */
  purpose: string;
  /** ISO 8601. */
  since: string;
}

export interface Lock {
  readonly holder: LockHolder;
  /** Gives the lock back. A second call does nothing. */
  release(): Promise<void>;
}

/**
 * Takes the lock at `path` or tells who has it; never waits. Makes the folder.
 * Of several that take over a dead holder's lock at once, one gets it.
 */
export async function acquireLock(path: string, purpose: string): Promise<Lock | { heldBy: LockHolder }> {
  await mkdir(dirname(path), { recursive: true });
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    processStart: await processStart(process.pid),
    purpose,
    since: new Date().toISOString(),
  };
  const mine = `${path}.${process.pid}.${crypto.randomUUID().slice(0, 8)}`;
  await writeFile(mine, JSON.stringify(holder), { flag: "wx" });
  try {
    for (;;) {
      if (await linkNew(mine, path)) return asLock(path, holder);
      const present = await readHolder(path);
      if (present === undefined) continue;
      if (present !== "unreadable" && (await isAlive(present))) return { heldBy: present };
      if (await takeOver(mine, path, present)) return asLock(path, holder);
      await Bun.sleep(10);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** True if the process of that holder still runs, as far as can be known here. */
export async function isAlive(holder: LockHolder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const start = await processStart(holder.pid);
  return start === "" || holder.processStart === "" || start === holder.processStart;
}

function asLock(path: string, holder: LockHolder): Lock {
  let released = false;
  return {
    holder,
    release: async () => {
      if (released) return;
      released = true;
      await rm(path, { force: true });
    },
  };
}

/** Makes `path` a second name of `file` unless there is one already: whole from the first moment, and for one taker only. */
async function linkNew(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

/** Who stands in a lock's file, alive or not. `undefined` if the file is gone. Files are linked whole, so one that cannot be read was damaged. */
export async function readHolder(path: string): Promise<LockHolder | "unreadable" | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
  try {
    const holder = JSON.parse(text) as Partial<LockHolder>;
    const whole =
      Number.isInteger(holder.pid) && typeof holder.host === "string" && typeof holder.processStart === "string";
    return whole ? (holder as LockHolder) : "unreadable";
  } catch {
    return "unreadable";
  }
}

/**
 * Puts `mine` in the place of a dead holder's lock. Takeovers go one at a time, under a lock of their own, and look again who is there.
 * False if that other lock is held, or the dead holder's lock is no longer there.
 */
async function takeOver(mine: string, path: string, dead: LockHolder | "unreadable"): Promise<boolean> {
  const turn = await acquireLock(`${path}.takeover`, "taking over a dead holder's lock");
  if ("heldBy" in turn) return false;
  try {
    const present = await readHolder(path);
    if (JSON.stringify(present) !== JSON.stringify(dead)) return false;
    await rename(mine, path);
    return true;
  } finally {
    await turn.release();
  }
}

/** Field 22 of `/proc/PID/stat`; empty where there is none. */
async function processStart(pid: number): Promise<string> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
  // The second field is the program's name in brackets and may hold spaces.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
