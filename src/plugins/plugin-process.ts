/**
 * A plugin that runs: its process, its connection, and the one place where what goes wrong with either becomes a typed error that a
 * user can act on, with the last lines the plugin wrote.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import type { AutomemError, FaultDetails } from "../core/errors.ts";
import { type Child, type ChildExit, describeExit, type LadderTimes, startChild } from "../platform/child-process.ts";
import { type CallOptions, RpcConnection, RpcError } from "../platform/rpc-connection.ts";
import { describeIssues } from "./manifest.ts";

/** What to start. */
export interface Launch {
  /** The plugin's name, for errors. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment, without `TMPDIR`, which becomes the fresh working folder. */
  env: Readonly<Record<string, string>>;
}

/** Milliseconds. */
export interface PluginLimits {
  /** From the start of the process to the answer to `initialize`. */
  startMs: number;
  /** For the answer to `close`, before stdin is ended. */
  closeMs: number;
  ladder: LadderTimes;
}

export const standardLimits: PluginLimits = {
  startMs: 120_000,
  closeMs: 2000,
  ladder: { afterEndMs: 2000, afterTermMs: 2000 },
};

/** Makes the error of the contract that is being served. Codes given: see `PluginProcess.call`. */
export type FaultMaker = (message: string, details: FaultDetails) => AutomemError;

export interface PluginCall extends CallOptions {
  /** What is being done, as it reads after "during": `reset, seed 42`. */
  during: string;
}

/** Numbers of the protocol and the codes they get here, where the plugin names none. */
const answerCodes: Readonly<Record<number, string>> = {
  [-32601]: "method-not-found",
  [-32602]: "bad-params",
  [-32001]: "failed",
  [-32002]: "missing",
  [-32003]: "not-now",
  [-32004]: "context-overflow",
};

const AnswerData = v.object({
  code: v.optional(v.nullish(v.string())),
  retryable: v.optional(v.nullish(v.boolean())),
  detail: v.optional(v.unknown()),
});

export class PluginProcess {
  readonly name: string;
  readonly #child: Child;
  readonly #connection: RpcConnection;
  readonly #fault: FaultMaker;
  readonly #limits: PluginLimits;
  readonly #folder: string;
  #exit: ChildExit | undefined;
  #closing: Promise<void> | undefined;

  private constructor(launch: Launch, child: Child, fault: FaultMaker, limits: PluginLimits, folder: string) {
    this.name = launch.name;
    this.#child = child;
    this.#fault = fault;
    this.#limits = limits;
    this.#folder = folder;
    this.#connection = new RpcConnection({ readable: child.stdout, writable: child.stdin });
    void child.exited.then((exit) => {
      this.#exit = exit;
      this.#connection.end(new RpcError("closed", "exited"));
    });
  }

  /**
   * Starts the program in a fresh folder; it has not been spoken to. `limits` may name some of the standard ones anew.
   * Throws what `fault` makes (`cannot-start`).
   */
  static async start(launch: Launch, fault: FaultMaker, limits: Partial<PluginLimits> = {}): Promise<PluginProcess> {
    const folder = await mkdtemp(join(tmpdir(), `automem-${launch.name}-`));
    try {
      const child = await startChild({
        command: launch.command,
        args: launch.args,
        env: { ...launch.env, TMPDIR: folder },
        cwd: folder,
      });
      return new PluginProcess(launch, child, fault, { ...standardLimits, ...limits }, folder);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      const message = cause instanceof Error ? cause.message : String(cause);
      throw fault(`${launch.name} plugin cannot be started: ${message}`, { code: "cannot-start", cause });
    }
  }

  get limits(): PluginLimits {
    return this.#limits;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when the process has ended, however it came. */
  get exited(): Promise<ChildExit> {
    return this.#child.exited;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Ends the plugin's stdin without a word, as happens when automem dies. */
  endInput(): void {
    this.#child.stdin.end();
  }

  stderrTail(): string {
    return this.#child.stderrTail();
  }

  onNotification(method: string, listener: (params: unknown) => void): void {
    this.#connection.onNotification(method, listener);
  }

  /**
   * Calls a method and checks the result against `schema`.
   * Throws what the fault maker makes, with one of these codes: `process-lost` (it exited or closed its stdout), `bad-frame` (it broke the
   * wire format), `timeout`, `cancelled`, `bad-response` (the result is not what the protocol says), or the plugin's own: what it put
   * into `data.code`, else `method-not-found`, `bad-params`, `failed`, `missing`, `not-now`, `context-overflow`. `data.rpcCode` has the number.
   * After the first three the process is being killed; so it is after a `cancelled` that the plugin did not answer.
   */
  async call<Schema extends v.GenericSchema>(
    method: string,
    params: object,
    schema: Schema,
    options: PluginCall,
  ): Promise<v.InferOutput<Schema>> {
    let result: unknown;
    try {
      result = await this.#connection.call(method, params, options);
    } catch (cause) {
      if (!(cause instanceof RpcError)) throw cause;
      throw await this.#explain(cause, options.during);
    }
    const parsed = v.safeParse(schema, result);
    if (parsed.success) return parsed.output;
    const message = `${this.name} plugin answered ${method} with what the protocol does not allow (during ${options.during}): ${describeIssues(parsed.issues)}`;
    throw this.#fault(message, { code: "bad-response", data: { method } });
  }

  /** `close`, then the kill ladder, then the folder is removed. Never throws; may be called twice and after an exit. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** SIGKILL at once, for tests and for a process that is known to be stuck. */
  async kill(): Promise<void> {
    await this.#child.kill();
    await this.close();
  }

  async #close(): Promise<void> {
    if (this.#exit === undefined) {
      // An answer of any kind, or none, leads to the same next step.
      await this.#connection.call("close", {}, { timeoutMs: this.#limits.closeMs }).catch(() => undefined);
    }
    await this.#child.stop(this.#limits.ladder);
    // A folder that something still writes into is left to the system's cleaning of temporary files.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  async #explain(cause: RpcError, during: string): Promise<AutomemError> {
    if (cause.fault === "answered") return this.#explainAnswer(cause, during);
    if (cause.fault === "cancelled" && cause.settled) {
      return this.#fault(`${this.name}: ${during} was cancelled.`, { code: "cancelled", cause });
    }
    if (cause.fault === "timeout" && cause.settled && this.#exit === undefined) {
      return this.#fault(`${this.name} plugin ${cause.message} during ${during}.${this.#lastLines()}`, {
        code: "timeout",
        cause,
        retryable: true,
      });
    }
    if (cause.fault === "closed") return this.#explainLoss(cause, during);
    const code = cause.fault;
    void this.kill();
    return this.#fault(`${this.name} plugin ${cause.message} during ${during}; it was stopped.${this.#lastLines()}`, {
      code,
      cause,
      data: { ...(cause.data as Record<string, unknown> | undefined), stopped: true, stderr: this.stderrTail() },
      retryable: code === "timeout",
    });
  }

  /** stdout is closed; normally because the process is ending, so its exit is waited for a moment. */
  async #explainLoss(cause: RpcError, during: string): Promise<AutomemError> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moment = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, 1000, undefined);
    });
    const exit = this.#exit ?? (await Promise.race([this.#child.exited, moment]));
    clearTimeout(timer);
    const what = exit === undefined ? `${cause.message} and was stopped` : `exited (${describeExit(exit)})`;
    void this.kill();
    return this.#fault(`${this.name} plugin ${what} during ${during}.${this.#lastLines()}`, {
      code: "process-lost",
      cause,
      data: { exit: exit ?? null, stderr: this.stderrTail() },
      retryable: true,
    });
  }

  #explainAnswer(cause: RpcError, during: string): AutomemError {
    const rpcCode = cause.rpcCode ?? 0;
    const parsed = v.safeParse(AnswerData, cause.data);
    const data = parsed.success ? parsed.output : {};
    const last = rpcCode === -32001 || rpcCode === -32603 ? this.#lastLines() : "";
    return this.#fault(`${this.name} plugin, during ${during}: ${cause.message}${last}`, {
      code: data.code ?? answerCodes[rpcCode] ?? "failed",
      data: { rpcCode, ...(data.detail === undefined ? {} : { detail: data.detail }), stderr: this.stderrTail() },
      cause,
      retryable: data.retryable ?? false,
    });
  }

  #lastLines(): string {
    const tail = this.stderrTail();
    return tail === "" ? " It wrote nothing to stderr." : ` Last lines:\n${tail}`;
  }
}
