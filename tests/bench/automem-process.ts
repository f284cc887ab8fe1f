/** The compiled binary as the benches run it, with what it cost. Build it first: `bun run build`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const binary = join(import.meta.dir, "..", "..", "dist", "automem");

/** What one process cost. */
export interface Cost {
  wallMs: number;
  /** User and system, with the processes it started and waited for. */
  cpuMs: number;
  /** Most resident memory of any one process of them. */
  peakBytes: number;
  stdout: string;
}

/** Runs automem to its end. Throws if it fails, with what it said. */
export async function automem(home: string, words: readonly string[]): Promise<Cost> {
  const begun = performance.now();
  const child = Bun.spawn([binary, ...words], {
    env: { ...process.env, AUTOMEM_HOME: home },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const wallMs = performance.now() - begun;
  if (code !== 0) throw new Error(`automem ${words.join(" ")} failed (exit code ${code}): ${stderr.slice(-2000)}`);
  const usage = child.resourceUsage();
  return { wallMs, cpuMs: Number(usage?.cpuTime.total ?? 0n) / 1000, peakBytes: usage?.maxRSS ?? 0, stdout };
}

/** Starts tests/bench/zero-latency-server.ts in a process of its own. `model` is its name for `--model`. */
export async function startZeroServer(): Promise<{ model: string; pid: number; stop(): void }> {
  const server = Bun.spawn([process.execPath, join(import.meta.dir, "zero-latency-server.ts")], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await server.stdout.getReader().read();
  const port = new TextDecoder().decode(value).trim();
  return { model: `openai:zero@http://127.0.0.1:${port}/v1`, pid: server.pid, stop: () => server.kill() };
}

/** Gives `work` a folder that is removed afterwards. */
export async function inFreshFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "automem-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
