/**
 * A file that is only added to. A write is a plain system call: it goes to the system's cache, which takes less than handing it to another
 * thread. A sync waits for the disk, and does so off the event loop, so that other episodes go on.
 */
import { close, fdatasync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";

const closeLater = promisify(close);
const syncLater = promisify(fdatasync);

export class AppendFile {
  readonly #descriptor: number;

  /** Opens or makes `path`. Throws what the system throws, as do the methods. */
  constructor(path: string) {
    this.#descriptor = openSync(path, "a");
  }

  /** Adds the whole text, as UTF-8. On a fault a part of it may be in the file. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
  }

  /** Resolves when all that was added is on the disk. */
  sync(): Promise<void> {
    return syncLater(this.#descriptor);
  }

  close(): Promise<void> {
    return closeLater(this.#descriptor);
  }
}
