/**
 * How long things took: a line for each step, beside the journal. Not hashed and not synced, since it differs between two equal plays;
 * losing its end loses nothing but these figures.
 */
import { createWriteStream, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { isMissing, storeFault } from "./fault.ts";

/** Milliseconds. `calls` in order: total, and to the first token where the provider says. */
export const StepTimes = v.object({
  stepIndex: v.number(),
  totalMs: v.number(),
  gameMs: v.number(),
  calls: v.array(v.object({ totalMs: v.number(), firstTokenMs: v.optional(v.number()) })),
});
export type StepTimes = v.InferOutput<typeof StepTimes>;

/** Appends lines. A write that fails is forgotten: play does not stop for its stopwatch. */
export class TimesLog {
  readonly #stream: WriteStream;
  #failed = false;

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: "a" });
    this.#stream.on("error", () => {
      this.#failed = true;
    });
  }

  add(times: StepTimes): void {
    if (!this.#failed) this.#stream.write(`${JSON.stringify(times)}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#failed) resolve();
      else {
        this.#stream.once("error", () => resolve());
        this.#stream.end(() => resolve());
      }
    });
  }
}

/** The lines that can be read; empty if there is no file. A later line for the same step (played on after an interruption) comes later. */
export async function readTimes(path: string): Promise<StepTimes[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw storeFault(cause, "read the times", path);
  }
  const parse = v.pipe(v.string(), v.parseJson(), StepTimes);
  return text.split("\n").flatMap((line) => {
    const parsed = v.safeParse(parse, line);
    return parsed.success ? [parsed.output] : [];
  });
}
