/** Keeps what a campaign says while it works, for whoever looks: lines as in a journal (src/store/journal-line.ts), not synced. */
import { readFileSync, truncateSync } from "node:fs";
import { StoreError } from "../../core/errors.ts";
import { AppendFile } from "../../platform/append-file.ts";
import type { Clock } from "../../platform/clock.ts";
import { formatLines, parseLines } from "../../store/journal-line.ts";
import { type ActivityLine, activityOf } from "./lines.ts";

export class ActivityWriter {
  readonly #path: string;
  readonly #clock: Pick<Clock, "nowMs">;
  #file: AppendFile | undefined;
  #checksum: number;
  #fault: unknown;

  /**
   * Goes on behind what is whole in the file. One process at a time: the holder of the campaign's lock. Throws what the file system throws.
   */
  constructor(path: string, clock: Pick<Clock, "nowMs">) {
    this.#path = path;
    this.#clock = clock;
    this.#file = new AppendFile(path);
    const bytes = readFileSync(path);
    const { soundBytes, checksum } = parseLines(bytes);
    // What a crash of the machine left unreadable is lost: it is only looked at.
    if (soundBytes < bytes.length) truncateSync(path, soundBytes);
    this.#checksum = checksum;
  }

  /** Never throws: a campaign does not stop in the middle because it cannot be watched. `close` tells. */
  tell(happening: Parameters<typeof activityOf>[0]): void {
    const said = activityOf(happening);
    if (said === undefined || this.#fault !== undefined) return;
    const line: ActivityLine = { atMs: this.#clock.nowMs(), said };
    const { text, checksum } = formatLines([JSON.stringify(line)], this.#checksum);
    try {
      this.#file?.append(text);
      this.#checksum = checksum;
    } catch (fault) {
      this.#fault = fault;
    }
  }

  /** Throws `StoreError` `activity-not-written`, if something was not. Everything the campaign came to is kept all the same. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
    if (this.#fault === undefined) return;
    throw new StoreError(
      `What the campaign was doing could not be written to ${this.#path}; its results are kept. Make room on the disk, and resume.`,
      { code: "activity-not-written", data: { path: this.#path }, cause: this.#fault },
    );
  }
}
