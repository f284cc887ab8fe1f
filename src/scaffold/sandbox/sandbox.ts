/**
 * One QuickJS machine: loads the modules of a package, then runs hooks. After loading, an image of its memory is kept and put back before
 * each hook, so module variables, changed built-ins and garbage never carry over: what a hook sees is the package, its arguments and its state.
 * All data crosses as JSON text. There is no clock, file, network, timer or true randomness inside.
 */
import {
  DefaultIntrinsics,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from "quickjs-emscripten-core";
import { messageOf } from "../../core/errors.ts";
import preludeText from "../guest/prelude.guest.js" with { type: "text" };
import { sandboxLimits } from "./limits.ts";
import { MemoryImage } from "./memory-image.ts";
import { openQuickJs, type QuickJsInstance } from "./quickjs-program.ts";
import { resolveModule } from "./resolve-module.ts";

/** Why sandboxed code was stopped or gave nothing usable. */
export type SandboxFaultCode = "hook-failed" | "hook-timeout" | "hook-memory";

/** A fault inside the sandbox; the machine must not be used again. Turned into a `ScaffoldError` by the session, which knows the hook. */
export class SandboxFault extends Error {
  readonly code: SandboxFaultCode;
  readonly detail: string;

  constructor(code: SandboxFaultCode, message: string, detail = "") {
    super(message);
    this.name = "SandboxFault";
    this.code = code;
    this.detail = detail;
  }
}

export interface SandboxModules {
  /** Path of the module whose default export is loaded. */
  entry: string;
  /** JavaScript by path; `automem` is the virtual module. */
  sources: ReadonlyMap<string, string>;
}

/** Answers a call of sandboxed code; a throw becomes an exception inside. JSON in, JSON out. */
export type HostCall = (request: unknown) => unknown;

/** What one hook is given. */
export interface HookTexts {
  /** JSON: hook or operation, arguments, access, random words. */
  request: string;
  /** The step as JSON; empty before the first observation. */
  step: string;
  /** JSON. */
  state: string;
  /** `observation.long` and `previousObservation.long`, where the step has empty texts in their place: large, and dear to take from JSON. */
  longTexts: readonly string[];
}

interface Budget {
  fuel: number;
  milliseconds: number;
}

const hookBudget: Budget = { fuel: sandboxLimits.hookFuel, milliseconds: sandboxLimits.hookMs };
/** Units of work that one call to the host costs a hook, beside one for each character of the answer. */
const hostCallFuel = 1_000;

const loadBudget: Budget = { fuel: sandboxLimits.loadFuel, milliseconds: sandboxLimits.loadMs };

export class Sandbox {
  readonly #quickJs: QuickJsInstance;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #functions: Record<"load" | "enter" | "invoke", QuickJSHandle>;
  #hostCall: HostCall | undefined;
  #hostCalls = 0;
  #deadline = 0;
  #budgetMs = 0;
  #cpuDeadline: number | undefined;
  #timedOut = false;
  #image: MemoryImage | undefined;
  #touched = false;
  #broken = false;

  /** Opens a machine. Throws `SandboxFault`. */
  static async open(): Promise<Sandbox> {
    return new Sandbox(await openQuickJs());
  }

  private constructor(quickJs: QuickJsInstance) {
    this.#quickJs = quickJs;
    this.#runtime = quickJs.module.newRuntime();
    this.#runtime.setMemoryLimit(sandboxLimits.heapBytes);
    this.#runtime.setMaxStackSize(sandboxLimits.stackBytes);
    this.#runtime.setInterruptHandler(() => this.#isLate());
    this.#context = this.#runtime.newContext({ intrinsics: { ...DefaultIntrinsics, Date: false } });
    this.#functions = this.#run(loadBudget, () => this.#boot());
  }

  /** Runs the package's modules and returns what `load` of the prelude says of its default export, as JSON text. */
  loadModules(modules: SandboxModules): string {
    this.#runtime.setModuleLoader(
      (path) => modules.sources.get(path) ?? { error: new Error(`no module "${path}" in the package`) },
      // An error given by this function is lost on the way; the loader refuses the empty path instead.
      (from, wanted) => (wanted === "automem" ? wanted : (resolveModule(from, wanted) ?? "")),
    );
    const shape = this.#run(loadBudget, () => {
      const definition = this.#defaultExport(modules.entry, modules.sources.get(modules.entry) ?? "");
      return this.#text("load", [definition]);
    });
    this.#runtime.setModuleLoader((path) => ({
      error: new Error(`"${path}": modules are loaded with the package only`),
    }));
    return shape;
  }

  /** Gives the episode (JSON text) and takes the image that each later hook starts from. */
  enter(episode: string): void {
    this.#restore();
    this.#run(loadBudget, () => this.#text("enter", [this.#string(episode)]));
    this.#touched = false;
    this.#image = new MemoryImage(this.#quickJs.memory, this.#quickJs.stackTop);
  }

  /** Runs one hook; the answer is as `invoke` in the prelude says. Throws `SandboxFault`. */
  invoke(input: HookTexts, hostCall: HostCall): string {
    this.#hostCall = hostCall;
    try {
      this.#restore();
      this.#touched = true;
      return this.#run(hookBudget, () =>
        this.#text(
          "invoke",
          [input.request, input.step, input.state, ...input.longTexts].map((each) => this.#string(each)),
        ),
      );
    } finally {
      this.#hostCall = undefined;
    }
  }

  /** Fuel the last call used. */
  get fuelUsed(): number {
    return sandboxLimits.hookFuel - this.#quickJs.fuel.value;
  }

  #restore(): void {
    if (this.#touched) this.#image?.restore();
  }

  /**
   * True past the time limit, if this thread was really at work for as long: a machine that was busy or asleep does not end an episode.
   * Work is counted from the first look, which short hooks never come to.
   */
  #isLate(): boolean {
    this.#cpuDeadline ??= cpuMs() + this.#budgetMs;
    if (!this.#timedOut && performance.now() > this.#deadline) this.#timedOut = cpuMs() > this.#cpuDeadline;
    return this.#timedOut;
  }

  #run<T>(budget: Budget, work: () => T): T {
    if (this.#broken) throw new SandboxFault("hook-failed", "an earlier hook of this session failed");
    this.#timedOut = false;
    this.#hostCalls = 0;
    this.#deadline = performance.now() + budget.milliseconds;
    this.#budgetMs = budget.milliseconds;
    this.#cpuDeadline = undefined;
    this.#quickJs.fuel.value = budget.fuel;
    try {
      const result = work();
      // Sandboxed code can end normally after an interrupt: closing an iterator may swallow it.
      if (this.#timedOut) throw new SandboxFault("hook-timeout", "");
      return result;
    } catch (thrown) {
      this.#broken = true;
      throw this.#faultOf(thrown, budget);
    }
  }

  #faultOf(thrown: unknown, budget: Budget): SandboxFault {
    if (this.#timedOut) return new SandboxFault("hook-timeout", `took more than ${budget.milliseconds} ms`);
    if (this.#quickJs.fuel.value < 0) {
      const limit = `${budget.fuel} units of work, about ${budget.milliseconds} ms`;
      return new SandboxFault("hook-timeout", `took more than ${limit}`);
    }
    if (thrown instanceof SandboxFault) return thrown;
    if (thrown instanceof RangeError) return new SandboxFault("hook-failed", "ran too deep (recursion or nesting)");
    return new SandboxFault("hook-failed", messageOf(thrown));
  }

  #boot(): Record<"load" | "enter" | "invoke", QuickJSHandle> {
    const boot = this.#unwrap(this.#context.evalCode(preludeText, "automem:prelude", { type: "global" }));
    const host = this.#context.newFunction("host", (request) => this.#answer(request));
    const table = this.#unwrap(this.#context.callFunction(boot, this.#context.undefined, host));
    const get = (name: string) => this.#context.getProp(table, name);
    return { load: get("load"), enter: get("enter"), invoke: get("invoke") };
  }

  /** Called from inside. What the host does here is not metered; the hook pays a fixed price and one for the size of the answer. */
  #answer(request: QuickJSHandle): QuickJSHandle {
    const { fuel } = this.#quickJs;
    const left = fuel.value;
    fuel.value = 2 ** 31 - 1;
    let answer = "";
    try {
      answer = this.#answerText(request);
      return this.#string(answer);
    } finally {
      fuel.value = this.#isLate() ? -1 : left - hostCallFuel - answer.length;
    }
  }

  #answerText(request: QuickJSHandle): string {
    this.#hostCalls += 1;
    if (this.#hostCall === undefined) return JSON.stringify({ error: "memory is open inside hooks only" });
    if (this.#hostCalls > sandboxLimits.hostCalls) {
      return JSON.stringify({ error: `one hook may call the host ${sandboxLimits.hostCalls} times at most` });
    }
    try {
      const value = this.#hostCall(JSON.parse(this.#context.getString(request)));
      return typeof value === "string" && crossesAsItIs(value) ? `"${value}` : JSON.stringify({ value });
    } catch (thrown) {
      return JSON.stringify({ error: messageOf(thrown) });
    }
  }

  #defaultExport(path: string, source: string): QuickJSHandle {
    const evaluated = this.#unwrap(this.#context.evalCode(source, path, { type: "module" }));
    this.#runtime.executePendingJobs(1_000).dispose();
    const state = this.#context.getPromiseState(evaluated);
    if (state.type === "rejected") throw this.#thrownInside(state.error);
    if (state.type === "pending")
      throw new SandboxFault("hook-failed", "the entry module awaits at top level, which never ends here");
    return this.#context.getProp(state.value, "default");
  }

  #text(name: "load" | "enter" | "invoke", args: QuickJSHandle[]): string {
    const called = this.#context.callFunction(this.#functions[name], this.#context.undefined, ...args);
    const result = this.#unwrap(called);
    const text = this.#context.typeof(result) === "string" ? this.#context.getString(result) : "";
    result.dispose();
    for (const each of args) each.dispose();
    return text;
  }

  #string(text: string): QuickJSHandle {
    return this.#context.newString(text);
  }

  #unwrap(result: ReturnType<QuickJSContext["evalCode"]>): QuickJSHandle {
    if (result.error) throw this.#thrownInside(result.error);
    return result.value;
  }

  #thrownInside(error: QuickJSHandle): SandboxFault {
    if (this.#timedOut) return new SandboxFault("hook-timeout", "took too long");
    const read = (name: string) => {
      const property = this.#context.getProp(error, name);
      return this.#context.typeof(property) === "string" ? this.#context.getString(property).slice(0, 2_000) : "";
    };
    const isObject = this.#context.typeof(error) === "object";
    const message = isObject ? `${read("name")}: ${read("message")}` : this.#context.getString(error).slice(0, 2_000);
    const code = message === "InternalError: out of memory" ? "hook-memory" : "hook-failed";
    return new SandboxFault(code, message, isObject ? read("stack") : "");
  }
}

/** True for a text that comes into the machine the same without JSON around it, which costs a hook less. */
export function crossesAsItIs(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Processor time of this thread, in milliseconds. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
