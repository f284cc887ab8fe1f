/** Processor time and memory of a process and of those below it, looked at while they live. Linux only: from /proc, see proc(5). */
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time for programs in hundredths of a second (USER_HZ). */
const tickMs = 10;
const kibibyte = 1024;

export interface Seen {
  /** User and system. */
  cpuMs: number;
  /** Resident, shared pages included. */
  residentBytes: number;
}

export interface WatchedTree {
  /** The process itself: all its processor time, and the most it had resident. */
  host: Seen;
  /** The processes below it: processor time added up, and the most that they had resident together. */
  children: Seen;
  /** How many there were. */
  childCount: number;
}

/** Looks every `everyMs` milliseconds until `stop`, so the last ones of a process that ends are missing. */
export function watchTree(pid: number, everyMs = 100): { stop(): WatchedTree } {
  const host: Seen = { cpuMs: 0, residentBytes: 0 };
  const childCpuMs = new Map<number, number>();
  let childBytes = 0;
  const look = () => {
    const own = lookAt(pid);
    if (own === undefined) return;
    host.cpuMs = own.cpuMs;
    host.residentBytes = Math.max(host.residentBytes, own.residentBytes);
    let bytes = 0;
    for (const child of below(pid)) {
      const seen = lookAt(child);
      if (seen === undefined) continue;
      childCpuMs.set(child, seen.cpuMs);
      bytes += seen.residentBytes;
    }
    childBytes = Math.max(childBytes, bytes);
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      const cpuMs = [...childCpuMs.values()].reduce((sum, each) => sum + each, 0);
      return { host, children: { cpuMs, residentBytes: childBytes }, childCount: childCpuMs.size };
    },
  };
}

/** `undefined` if there is no such process (any more). */
export function lookAt(pid: number): Seen | undefined {
  const stat = readProc(`${pid}/stat`);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`) ?? "")?.[1];
  if (stat === undefined || resident === undefined) return undefined;
  // After the name, which may hold anything, in brackets: state is field 3, utime 14, stime 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    cpuMs: (Number(fields[14 - 3]) + Number(fields[15 - 3])) * tickMs,
    residentBytes: Number(resident) * kibibyte,
  };
}

/** Children and theirs, whichever thread started them. */
function below(pid: number): number[] {
  const own = listProc(`${pid}/task`).flatMap((thread) =>
    (readProc(`${pid}/task/${thread}/children`) ?? "").split(" ").filter((word) => word.trim() !== ""),
  );
  return own.flatMap((word) => [Number(word), ...below(Number(word))]);
}

function listProc(path: string): string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch (cause) {
    if (isGone(cause)) return [];
    throw cause;
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch (cause) {
    if (isGone(cause)) return undefined;
    throw cause;
  }
}

/** The process ended while it was looked at. */
function isGone(cause: unknown): boolean {
  return ["ENOENT", "ESRCH"].includes(String((cause as NodeJS.ErrnoException).code));
}
