/** Runs a helper program (pip, uv, git) to its end, line by line, within a time limit. */
import { tmpdir } from "node:os";
import { type Child, describeExit, SpawnError, startChild } from "./child-process.ts";
import { TailBuffer } from "./tail-buffer.ts";

export interface CommandSpec {
  command: string;
  args: readonly string[];
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  /** Default: the system's temporary folder. */
  cwd?: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Each line of stdout and stderr as it comes. */
  onLine?: ((line: string) => void) | undefined;
  /** Kills what the program left running in its process group before this resolves. Default false: some helpers leave a cleaner behind. */
  leaveNothing?: boolean | undefined;
  /** Characters of stdout returned at most (default 1 Mi); more is a failure, never a silent cut. */
  outputLimit?: number;
}

/** `not-found`: no such program. `failed`: it ended with `exitCode` other than 0 or by a signal. `output-too-large`: see `outputLimit`. */
export type CommandFault = "not-found" | "failed" | "timeout" | "cancelled" | "output-too-large";

export class CommandError extends Error {
  readonly fault: CommandFault;
  readonly exitCode: number | null;
  /** The last lines it wrote. */
  readonly tail: string;

  constructor(
    fault: CommandFault,
    message: string,
    details: { exitCode?: number | null; tail?: string; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "CommandError";
    this.fault = fault;
    this.exitCode = details.exitCode ?? null;
    this.tail = details.tail ?? "";
  }
}

/** Resolves with the whole stdout when the program ends with code 0. Throws `CommandError`. */
export async function runCommand(spec: CommandSpec): Promise<string> {
  const shown = [spec.command, ...spec.args].join(" ");
  if (spec.signal?.aborted) throw new CommandError("cancelled", `${shown} was cancelled.`, {});
  const child = await start(spec);
  child.stdin.end();
  const tail = new TailBuffer();
  const output = new LineReader(spec.outputLimit ?? 1024 * 1024, tail, spec.onLine);
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (piece: string) => output.push(piece));

  let fault: "timeout" | "cancelled" | undefined;
  const stop = (reason: "timeout" | "cancelled") => {
    fault ??= reason;
    void child.stop({ afterEndMs: 0, afterTermMs: 2000 });
  };
  const onAbort = () => stop("cancelled");
  const timer = setTimeout(stop, spec.timeoutMs, "timeout");
  spec.signal?.addEventListener("abort", onAbort, { once: true });
  const exit = await child.exited;
  if (spec.leaveNothing === true) await child.sweep();
  clearTimeout(timer);
  spec.signal?.removeEventListener("abort", onAbort);
  output.end();

  const said = [tail.text(), child.stderrTail()].filter((text) => text !== "").join("\n");
  const last = said === "" ? "" : ` Last lines:\n${said}`;
  if (fault === "timeout") {
    throw new CommandError("timeout", `${shown} did not end within ${spec.timeoutMs / 1000} s.${last}`, { tail: said });
  }
  if (fault === "cancelled") throw new CommandError("cancelled", `${shown} was cancelled.`, { tail: said });
  if (exit.code !== 0) {
    const message = `${shown} failed (${describeExit(exit)}).${last}`;
    throw new CommandError("failed", message, { exitCode: exit.code, tail: said });
  }
  if (output.overflowed) {
    throw new CommandError("output-too-large", `${shown} wrote more than was expected.`, { exitCode: 0, tail: said });
  }
  return output.text;
}

async function start(spec: CommandSpec): Promise<Child> {
  const { command, args, env, cwd, onLine } = spec;
  try {
    return await startChild({ command, args, env, cwd: cwd ?? tmpdir(), onStderrLine: onLine });
  } catch (cause) {
    if (!(cause instanceof SpawnError)) throw cause;
    throw new CommandError("not-found", cause.message, { cause });
  }
}

class LineReader {
  text = "";
  overflowed = false;
  #rest = "";
  readonly #limit: number;
  readonly #tail: TailBuffer;
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(limit: number, tail: TailBuffer, onLine: ((line: string) => void) | undefined) {
    this.#limit = limit;
    this.#tail = tail;
    this.#onLine = onLine;
  }

  push(piece: string): void {
    this.#tail.push(piece);
    if (this.text.length + piece.length > this.#limit) this.overflowed = true;
    else this.text += piece;
    if (this.#onLine === undefined) return;
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#onLine(line.replace(/\r$/, ""));
  }

  end(): void {
    if (this.#rest !== "") this.#onLine?.(this.#rest);
  }
}
