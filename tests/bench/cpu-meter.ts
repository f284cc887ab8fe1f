/**
 * Says on whose account the processor time of one thread is spent, while one logical thread of work passes from part to part. Linux only.
 * The clock is the system's own for a thread: `process.threadCpuUsage` only moves when the thread is interrupted, which would put all it did
 * on the account of what it then waits for.
 */
import { dlopen } from "bun:ffi";

const libc = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
/** Seconds and nanoseconds. */
const time = new BigInt64Array(2);
const clocks = { process: 2, thread: 3 } as const;

/** Processor time so far, in microseconds: of the calling thread, or of the process with all its threads. */
export function cpuUs(of: keyof typeof clocks): number {
  libc.symbols.clock_gettime(clocks[of], time);
  return Number(time[0]) * 1e6 + Number(time[1]) / 1e3;
}

export class CpuMeter {
  readonly #spentUs = new Map<string, number>();
  readonly #rest: string;
  #part: string;
  #since = cpuUs("thread");

  /** `rest`: the part that is at work wherever no other is. */
  constructor(rest: string) {
    this.#rest = rest;
    this.#part = rest;
  }

  /** Runs `work` on the account of `part`; where it returns a promise, until that settles. */
  on<T>(part: string, work: () => T): T {
    const before = this.#pass(part);
    let result: T;
    try {
      result = work();
    } catch (thrown) {
      this.#pass(before);
      throw thrown;
    }
    if (!(result instanceof Promise)) {
      this.#pass(before);
      return result;
    }
    return result.finally(() => this.#pass(before)) as T;
  }

  /** Milliseconds by part since the last reset. */
  spentMs(): Record<string, number> {
    this.#pass(this.#part);
    return Object.fromEntries([...this.#spentUs].map(([part, spent]) => [part, spent / 1000]));
  }

  reset(): void {
    this.#pass(this.#rest);
    this.#spentUs.clear();
  }

  #pass(part: string): string {
    const now = cpuUs("thread");
    const before = this.#part;
    this.#spentUs.set(before, (this.#spentUs.get(before) ?? 0) + now - this.#since);
    this.#part = part;
    this.#since = now;
    return before;
  }
}
