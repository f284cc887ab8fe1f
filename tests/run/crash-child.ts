/**
 * Plays a run in a process of its own: `crash-child.ts JSON`, with a `CrashRun` and what is to happen. It kills itself with SIGKILL at the
 * `killAt`-th of its writes and syncs (counted from 1): right before it, or in the middle of a write (`torn`).
 * Prints a line when play begins, and one with the number of writes and syncs at the end.
 */
import { writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { AppendFile } from "../../src/platform/append-file.ts";
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
    const content = args[0] as string | Uint8Array | undefined;
    atCall(name, () => {
      if (content === undefined) return;
      const bytes = Buffer.from(content as string);
      writeSync(this.fd, bytes.subarray(0, Math.ceil(bytes.length / 2)));
    });
    return method.apply(this, args);
  };
}

const { append, sync } = AppendFile.prototype;
AppendFile.prototype.append = function (text) {
  atCall("append", () => append.call(this, text.slice(0, Math.ceil(text.length / 2))));
  append.call(this, text);
};
AppendFile.prototype.sync = function () {
  atCall("sync", () => undefined);
  return sync.call(this);
};

/** Counts a write or sync, and kills the process if its turn has come; `tear` writes the half of it. */
function atCall(name: string, tear: () => void): void {
  count++;
  kinds.push(name);
  if (count !== given.killAt) return;
  if (given.torn) tear();
  process.kill(process.pid, "SIGKILL");
}

const summary = await playCrashRun(given, () => process.stdout.write("playing\n"));
process.stdout.write(`${JSON.stringify({ runId: summary.runId, kinds })}\n`);
