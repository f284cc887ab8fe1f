/**
 * How long things took: a line for each step, beside the journal. Not hashed and not synced, since it differs between two equal plays;
 * losing its end loses nothing but these figures.
 */
import { readFile, stat } from "node:fs/promises";
import * as v from "valibot";
import { AppendFile } from "../platform/append-file.ts";
import { isMissing, storeFault } from "./fault.ts";

/** Milliseconds. `calls` in order: total, and to the first token where the provider says. */
export const StepTimes = v.object({
  stepIndex: v.number(),
  totalMs: v.number(),
  gameMs: v.number(),
  calls: v.array(v.object({ totalMs: v.number(), firstTokenMs: v.optional(v.number()) })),
});
export type StepTimes = v.InferOutput<typeof StepTimes>;

/** Milliseconds over the lines of an episode. */
export interface TimeSums {
  steps: number;
  totalMs: number;
  gameMs: number;
  /** Of all model calls. */
  modelMs: number;
}

/** Appends lines. A write that fails is forgotten: play does not stop for its stopwatch. */
export class TimesLog {
  #file: AppendFile | undefined;

  constructor(path: string) {
    this.#attempt(() => {
      this.#file = new AppendFile(path);
    });
  }

  add(times: StepTimes): void {
    this.#attempt(() => this.#file?.append(`${JSON.stringify(times)}\n`));
  }

  async close(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch {
      // A full disk, most likely. The journal meets it too, and that ends the run; figures alone do not.
      this.#file?.close().catch(() => undefined);
      this.#file = undefined;
    }
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

export function sumTimes(steps: readonly StepTimes[]): TimeSums {
  const sums: TimeSums = { steps: steps.length, totalMs: 0, gameMs: 0, modelMs: 0 };
  for (const { totalMs, gameMs, calls } of steps) {
    sums.totalMs += totalMs;
    sums.gameMs += gameMs;
    for (const call of calls) sums.modelMs += call.totalMs;
  }
  return sums;
}

/** Changes with every line added; empty if there is no file. */
export async function timesStamp(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size}-${mtimeMs}`;
  } catch (cause) {
    if (isMissing(cause)) return "";
    throw storeFault(cause, "look at the times", path);
  }
}
