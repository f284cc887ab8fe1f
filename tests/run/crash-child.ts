/**
 * Plays a run in a process of its own: `crash-child.ts JSON`, with a `CrashRun` and what is to happen. It kills itself with SIGKILL at the
 * `killAt`-th of its writes and syncs (counted from 1): right before it, or in the middle of a write (`torn`).
 * Prints a line when play begins, and one with the number of writes and syncs at the end.
 */
import { writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type CrashRun, playCrashRun } from "./crash-run.ts";

const given = JSON.parse(process.argv[2] ?? "{}") as CrashRun & { killAt?: number; torn?: boolean };

type Method = (this: FileHandle, ...args: unknown[]) => Promise<unknown>;

let count = 0;
const kinds: string[] = [];
const handle = await open(import.meta.path, "r");
const methods = Object.getPrototypeOf(handle) as Record<string, Method>;
await handle.close();
for (const name of ["appendFile", "writeFile", "datasync", "sync"]) {
  const method = methods[name];
  if (method === undefined) throw new Error(`file handles have no ${name}`);
  methods[name] = function (...args) {
    count++;
    kinds.push(name);
    if (count === given.killAt) {
      const content = args[0] as string | Uint8Array | undefined;
      if (given.torn && content !== undefined) {
        const bytes = Buffer.from(content as string);
        writeSync(this.fd, bytes.subarray(0, Math.ceil(bytes.length / 2)));
      }
      process.kill(process.pid, "SIGKILL");
    }
    return method.apply(this, args);
  };
}

const summary = await playCrashRun(given, () => process.stdout.write("playing\n"));
process.stdout.write(`${JSON.stringify({ runId: summary.runId, kinds })}\n`);
