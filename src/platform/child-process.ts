/**
 * Child processes with an explicit environment, a tail of what they said on stderr, and a sure end.
 * Shape of the ending: modelcontextprotocol/typescript-sdk `packages/client/src/client/stdio.ts`.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { forgetChild, rememberChild, signalGroup } from "./child-registry.ts";
import { TailBuffer } from "./tail-buffer.ts";

export interface ChildSpec {
  /** Path of a program, or a name looked up in `env.PATH`. */
  command: string;
  args: readonly string[];
  /** The whole environment; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Called with each line of stderr, without its end. */
  onStderrLine?: ((line: string) => void) | undefined;
}

/** How a process ended: one of the two is null. */
export interface ChildExit {
  code: number | null;
  signal: string | null;
}

/** Milliseconds waited between the steps of the ending. */
export interface LadderTimes {
  afterEndMs: number;
  afterTermMs: number;
}

const standardLadder: LadderTimes = { afterEndMs: 2000, afterTermMs: 2000 };

/** The program could not be started. */
export class SpawnError extends Error {
  constructor(spec: ChildSpec, cause: unknown) {
    super(`Cannot start ${spec.command}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "SpawnError";
  }
}

/** A running child. It leads a process group of its own, so a Ctrl-C at the terminal does not reach it. */
export class Child {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process has ended and what it wrote has arrived (or 500 ms later, if a grandchild holds the pipes open). */
  readonly exited: Promise<ChildExit>;
  readonly #tail = new TailBuffer();
  #stopping: Promise<ChildExit> | undefined;

  constructor(process: ChildProcessByStdio<Writable, Readable, Readable>, spec: ChildSpec) {
    this.pid = process.pid!;
    this.stdin = process.stdin;
    this.stdout = process.stdout;
    rememberChild(this.pid);
    // A child that is gone breaks the pipe; its exit tells the story, so the pipe's own error adds nothing.
    this.stdin.on("error", (cause) => this.#tail.push(`[stdin: ${cause.message}]\n`));
    readLines(process.stderr, this.#tail, spec.onStderrLine);
    this.exited = new Promise((resolve) => {
      process.once("exit", (code, signal) => {
        forgetChild(this.pid);
        const grace = setTimeout(resolve, 500, { code, signal });
        process.once("close", () => {
          clearTimeout(grace);
          resolve({ code, signal });
        });
      });
    });
  }

  /** The end of stderr so far: at most 4 KiB and 40 lines. */
  stderrTail(): string {
    return this.#tail.text();
  }

  /** Ends stdin, waits, SIGTERM to the group, waits, SIGKILL to the group. Resolves when the process has ended; may be called twice. */
  stop(times: LadderTimes = standardLadder): Promise<ChildExit> {
    this.#stopping ??= this.#descend(times);
    return this.#stopping;
  }

  /** SIGKILL to the whole group, at once. */
  kill(): Promise<ChildExit> {
    signalGroup(this.pid, "SIGKILL");
    return this.exited;
  }

  /** Kills what an ended child left running in its group, and waits until that is gone: two seconds at most, for zombies that nobody reaps. */
  async sweep(): Promise<void> {
    await this.exited;
    for (let attempt = 0; attempt < 100 && signalGroup(this.pid, "SIGKILL"); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #descend(times: LadderTimes): Promise<ChildExit> {
    this.stdin.end();
    if (!(await settlesWithin(this.exited, times.afterEndMs))) {
      signalGroup(this.pid, "SIGTERM");
      if (!(await settlesWithin(this.exited, times.afterTermMs))) signalGroup(this.pid, "SIGKILL");
    }
    const exit = await this.exited;
    // Grandchildren that outlived their parent are in the same group.
    signalGroup(this.pid, "SIGKILL");
    return exit;
  }
}

/** Starts a child. Throws `SpawnError` if there is no such program or it may not be run. */
export function startChild(spec: ChildSpec): Promise<Child> {
  return new Promise((resolve, reject) => {
    const program = Bun.which(spec.command, { PATH: spec.env.PATH ?? "" });
    if (program === null)
      return reject(new SpawnError(spec, new Error("no such program on the path, or it may not be run")));
    const [command, ...args] = [...dieWithHost(), program, ...spec.args] as [string, ...string[]];
    const child = spawn(command, args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    child.once("error", (cause) => reject(new SpawnError(spec, cause)));
    if (child.pid !== undefined) resolve(new Child(child, spec));
  });
}

/**
 * The words before a command that have the kernel kill it when this process dies, also by SIGKILL; none where the system has no such tool.
 * It replaces itself by the command, so the pid and the parent stay.
 */
function dieWithHost(): readonly string[] {
  hostTie ??= findHostTie();
  return hostTie;
}

let hostTie: readonly string[] | undefined;

function findHostTie(): readonly string[] {
  const tool = process.platform === "linux" ? Bun.which("setpriv") : null;
  if (tool === null) return [];
  const words = [tool, "--pdeathsig", "KILL", "--"];
  // Busybox has a setpriv without this option.
  const tried = Bun.spawnSync([...words, "true"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  return tried.success ? words : [];
}

/** "code 1" or "signal SIGKILL". */
export function describeExit(exit: ChildExit): string {
  return exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`;
}

async function settlesWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const settled = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}

function readLines(stream: Readable, tail: TailBuffer, onLine: ((line: string) => void) | undefined): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("error", (cause) => tail.push(`[stderr: ${cause.message}]\n`));
  stream.on("data", (piece: string) => {
    tail.push(piece);
    if (onLine === undefined) return;
    const lines = (rest + piece).split("\n");
    // A line without end is passed on in pieces rather than kept without limit.
    rest = lines.at(-1)!.length > 65536 ? "" : lines.pop()!;
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  });
  stream.on("end", () => {
    if (onLine !== undefined && rest !== "") onLine(rest);
  });
}
