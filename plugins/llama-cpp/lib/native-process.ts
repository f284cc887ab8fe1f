/**
 * What the process asks of the operating system: stdout kept for the protocol alone, and an end together with the parent.
 * Both use the C library through `bun:ffi`, on Linux and macOS; on Windows stdout is guarded in JavaScript only.
 */
import { dlopen, FFIType } from "bun:ffi";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * The stream for protocol frames. Afterwards file descriptor 1 is a second name of stderr, so that nothing printed here, in a
 * dependency or in C code reaches the host as a frame.
 */
export function claimStdout(): Writable {
  const { console: printer } = globalThis;
  Object.assign(printer, { log: printer.error, info: printer.error, debug: printer.error });
  if (process.platform === "win32") return process.stdout;
  const { symbols } = dlopen(libraryName(), {
    dup: { args: [FFIType.i32], returns: FFIType.i32 },
    dup2: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  });
  const protocolFd = symbols.dup(1);
  if (protocolFd < 0 || symbols.dup2(2, 1) < 0) throw new Error("cannot set stdout aside for the protocol");
  return createWriteStream("", { fd: protocolFd });
}

/** Asks Linux to kill this process when its parent dies, and exits at once if that has happened already. */
export function dieWithParent(): void {
  if (process.platform !== "linux") return;
  const { symbols } = dlopen(libraryName(), {
    prctl: { args: [FFIType.i32, FFIType.u64, FFIType.u64, FFIType.u64, FFIType.u64], returns: FFIType.i32 },
    getppid: { args: [], returns: FFIType.i32 },
  });
  const parent = process.ppid;
  symbols.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (symbols.getppid() !== parent) process.exit(1);
}

function libraryName(): string {
  if (process.platform === "darwin") return "libSystem.B.dylib";
  return process.platform === "linux" ? "libc.so.6" : "libc";
}
