/** Runs hooks of one package in one sandbox: builds the request, checks the answer, keeps the state, and names faults. */
import * as v from "valibot";
import { ScaffoldError } from "../core/errors.ts";
import { hashBytes } from "../core/hash.ts";
import type { MemoryReader, MemoryWriter, ScaffoldManifest, StepContext } from "../core/scaffold.ts";
import { GuestAnswer, HookAnswer, PackageShape } from "./hook-results.ts";
import type { MemoryAccess } from "./hooks.ts";
import { answerMemoryCall } from "./memory-calls.ts";
import { crossesAsItIs, type HookTexts, Sandbox, SandboxFault, type SandboxModules } from "./sandbox/sandbox.ts";

export interface HookCall<T> {
  /** Hook, or operation of the package, to run. */
  hook: string;
  operation?: string | undefined;
  args: readonly unknown[];
  access: MemoryAccess;
  memory?: MemoryReader | MemoryWriter | undefined;
  step?: StepContext | undefined;
  result: v.GenericSchema<unknown, T>;
}

export class HookRunner {
  readonly shape: PackageShape;
  readonly #sandbox: Sandbox;
  readonly #label: string;
  readonly #seed: number;
  /** Calls so far of each hook in the present step: they tell the random numbers apart. */
  readonly #callCounts = new Map<string, number>();
  /** Units of work of the dearest call of each hook so far. */
  readonly work = new Map<string, number>();
  #countedStep = -1;
  #state = "{}";

  /** Loads a package. Throws `ScaffoldError`. */
  static async open(manifest: ScaffoldManifest, modules: SandboxModules, seed: number): Promise<HookRunner> {
    const label = `${manifest.name} ${manifest.version}`;
    const sandbox = await Sandbox.open();
    const shape = inside(label, "package", () =>
      answerOf(label, "package", sandbox.loadModules(modules), PackageShape),
    );
    return new HookRunner(sandbox, shape, label, seed);
  }

  private constructor(sandbox: Sandbox, shape: PackageShape, label: string, seed: number) {
    this.#sandbox = sandbox;
    this.shape = shape;
    this.#label = label;
    this.#seed = seed;
  }

  /** The state as JSON text. */
  get state(): string {
    return this.#state;
  }

  /** Gives what stays the same in all hooks from here on. */
  enter(episode: unknown): void {
    inside(this.#label, "package", () => this.#sandbox.enter(JSON.stringify(episode)));
  }

  run<T>(call: HookCall<T>): T {
    const name = call.operation ?? call.hook;
    const request = JSON.stringify({
      hook: call.hook,
      operation: call.operation,
      args: call.args,
      access: call.access,
      random: this.#random(name, call.step?.stepIndex ?? -1),
    });
    const { step, longTexts } = stepTexts(call.step);
    const text = inside(this.#label, name, () =>
      this.#sandbox.invoke({ request, step, state: this.#state, longTexts }, (asked) =>
        answerMemoryCall(asked, call.memory, call.access),
      ),
    );
    this.work.set(name, Math.max(this.work.get(name) ?? 0, this.#sandbox.fuelUsed));
    const answer = hookAnswer(this.#label, name, text);
    this.#state = answer.state;
    return checked(this.#label, name, call.result, answer.value);
  }

  /** The error for a result that passed its schema and still cannot be used. */
  badResult(hook: string, what: string): ScaffoldError {
    return badResult(this.#label, hook, what);
  }

  /** Four 32-bit words from seed, step, hook and how often it was called in the step. */
  #random(name: string, stepIndex: number): number[] {
    if (stepIndex !== this.#countedStep) this.#callCounts.clear();
    this.#countedStep = stepIndex;
    const count = this.#callCounts.get(name) ?? 0;
    this.#callCounts.set(name, count + 1);
    const digest = hashBytes(`${this.#seed}/${stepIndex}/${name}/${count}`);
    return [0, 8, 16, 24].map((at) => Number.parseInt(digest.slice(at, at + 8), 16) | 0);
  }
}

function inside<T>(label: string, hook: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof SandboxFault) throw hookFault(label, hook, thrown.code, thrown.message, thrown.detail);
    throw thrown;
  }
}

/** The step as JSON, with its long texts beside it where they can cross as they are. */
function stepTexts(step: StepContext | undefined): Pick<HookTexts, "step" | "longTexts"> {
  if (step === undefined) return { step: "", longTexts: ["", ""] };
  const { observation, previousObservation } = step;
  const longTexts = [aside(observation.long), aside(previousObservation?.long ?? "")];
  const short = { ...step };
  if (longTexts[0] !== "") short.observation = { ...observation, long: "" };
  if (previousObservation && longTexts[1] !== "") short.previousObservation = { ...previousObservation, long: "" };
  return { step: JSON.stringify(short), longTexts };
}

function aside(text: string): string {
  return crossesAsItIs(text) ? text : "";
}

/** What `answerOf` of the prelude put together. */
function hookAnswer(label: string, hook: string, text: string): HookAnswer {
  const kind = text[0];
  if (kind !== '"' && kind !== ":") return answerOf(label, hook, text, HookAnswer);
  const end = text.indexOf("\n");
  const rest = text.slice(end + 1);
  const value = kind === '"' ? rest : (parsed(label, hook, rest) as { value?: unknown }).value;
  return checked(label, hook, HookAnswer, { value, state: text.slice(1, end) || undefined });
}

function parsed(label: string, hook: string, text: string): unknown {
  try {
    return JSON.parse(text, text.includes('"__proto__"') ? withoutPrototype : undefined);
  } catch (cause) {
    throw badResult(label, hook, "cannot be read as JSON (nested too deep?)", cause);
  }
}

function answerOf<T>(label: string, hook: string, text: string, schema: v.GenericSchema<unknown, T>): T {
  const answer = checked(label, hook, GuestAnswer, parsed(label, hook, text));
  if ("ok" in answer) return checked(label, hook, schema, answer.ok);
  const { name, message, stack } = answer.failed;
  const code = name === "InternalError" && message.includes("out of memory") ? "hook-memory" : "hook-failed";
  throw hookFault(label, hook, code, `${name}: ${message}`, stack);
}

/** Leaves out keys that would become a prototype where a result is copied. */
function withoutPrototype(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}

function checked<T>(label: string, hook: string, schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0]!;
  const path = v.getDotPath(issue);
  throw badResult(label, hook, `${path ? `${path}: ` : ""}${issue.message}`);
}

const advice = {
  "hook-failed": "Correct the hook",
  "hook-timeout": "Make it do less: look for a loop without end or a regular expression that backtracks",
  "hook-memory": "Make it hold less: the sandbox has 64 MiB",
} as const;

function hookFault(label: string, hook: string, code: keyof typeof advice, what: string, stack: string): ScaffoldError {
  const where = stack.trim().split("\n").slice(0, 4).join("\n").trim();
  const at = where === "" ? "" : ` (${where.replace(/\s*\n\s*/g, "; ")})`;
  const subject = hook === "package" ? "its modules could not be loaded" : `hook ${hook} failed`;
  return new ScaffoldError(
    `Scaffold ${label}: ${subject}: ${what}${at}. ${advice[code]}, and load the package again.`,
    {
      code,
      data: { scaffold: label, hook },
    },
  );
}

function badResult(label: string, hook: string, what: string, cause?: unknown): ScaffoldError {
  const subject = hook === "package" ? "what its entry module exports" : `what hook ${hook} returned`;
  return new ScaffoldError(
    `Scaffold ${label}: ${subject} cannot be used: ${what}. Correct it and load the package again.`,
    {
      code: "bad-hook-result",
      data: { scaffold: label, hook },
      cause,
    },
  );
}
