/** A scaffold package at work in one episode: the contract of core, over hooks that run in the sandbox. */
import type { ScaffoldError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { MemoryOperation, Phase } from "../core/memory-op.ts";
import type {
  ActionVerdict,
  ContinueInput,
  EpisodeContext,
  HandlerOutcome,
  MemoryReader,
  MemoryWriter,
  OperationSpec,
  OperationVerdict,
  ScaffoldSession,
  StepContext,
} from "../core/scaffold.ts";
import * as results from "./hook-results.ts";
import type { HookCall, HookRunner } from "./hook-runner.ts";
import { defaultContinue, defaultEndings, defaultRepair, type HookName, hookAccess } from "./hooks.ts";
import { resultLimits } from "./sandbox/limits.ts";

type HookInput = Omit<HookCall<unknown>, "hook" | "access" | "result" | "args"> & { args?: readonly unknown[] };

export class SandboxedSession implements ScaffoldSession {
  readonly operations: readonly OperationSpec[];
  readonly hiddenOperations: readonly string[];
  readonly #runner: HookRunner;
  readonly #episode: EpisodeContext;
  readonly #defined: ReadonlySet<string>;
  #disposed = false;

  /** `runner` has entered the episode. */
  constructor(runner: HookRunner, episode: EpisodeContext) {
    this.#runner = runner;
    this.#episode = episode;
    this.#defined = new Set(runner.shape.hooks);
    this.operations = runner.shape.operations;
    this.hiddenOperations = runner.shape.hiddenOperations;
  }

  initFiles(): { [file: string]: string } {
    return this.#hook("initFiles", results.InitFilesResult, {}) ?? {};
  }

  onReset(step: StepContext): void {
    this.#hook("onReset", results.NothingResult, { step });
  }

  onObservation(step: StepContext, memory: MemoryReader): { [name: string]: Json } {
    const signals = this.#hook("onObservation", results.SignalsResult, { step, memory }) ?? {};
    this.#limit("onObservation", signals, resultLimits.signals);
    return signals;
  }

  logPrompt(step: StepContext, memory: MemoryReader): string {
    return this.#prompt("logPrompt", { step, memory }, () => defaultEndings.log);
  }

  logContinue(step: StepContext, memory: MemoryReader, input: ContinueInput): string {
    return this.#prompt("logContinue", { step, memory, args: [input] }, () =>
      defaultContinue(input, defaultEndings.log),
    );
  }

  planPrompt(step: StepContext, memory: MemoryReader): string {
    return this.#prompt("planPrompt", { step, memory }, () => defaultEndings.plan);
  }

  planContinue(step: StepContext, memory: MemoryReader, input: ContinueInput): string {
    return this.#prompt("planContinue", { step, memory, args: [input] }, () =>
      defaultContinue(input, defaultEndings.plan),
    );
  }

  handoff(step: StepContext, memory: MemoryReader): string {
    return this.#prompt("handoff", { step, memory }, () => defaultEndings.handoff);
  }

  onOperation(step: StepContext, memory: MemoryReader, phase: Phase, operation: MemoryOperation): OperationVerdict {
    const args = [operation, phase];
    return this.#hook("onOperation", results.OperationVerdictResult, { step, memory, args }) ?? { verdict: "allow" };
  }

  runOperation(step: StepContext, memory: MemoryReader, phase: Phase, operation: MemoryOperation): HandlerOutcome {
    const spec = this.operations.find(({ name }) => name === operation.name);
    if (!spec) throw new TypeError(`${operation.name} is not an operation of this scaffold`);
    this.#checkAlive();
    return this.#runner.run({
      hook: "operation",
      operation: spec.name,
      args: [operation.arguments, phase],
      access: "read",
      memory,
      step,
      result: results.HandlerResult,
    });
  }

  afterLog(step: StepContext, memory: MemoryWriter): void {
    this.#hook("afterLog", results.NothingResult, { step, memory });
  }

  beforePlan(step: StepContext, memory: MemoryWriter): void {
    this.#hook("beforePlan", results.NothingResult, { step, memory });
  }

  repairAction(step: StepContext, raw: string): string {
    return this.#hook("repairAction", results.ActionResult, { step, args: [raw] }) ?? defaultRepair(this.#episode, raw);
  }

  validateAction(step: StepContext, memory: MemoryReader, action: string): ActionVerdict {
    const text = this.#hook("validateAction", results.RejectionResult, { step, memory, args: [action] });
    return text == null ? { verdict: "accept" } : { verdict: "reject", text };
  }

  fallbackAction(step: StepContext): string {
    const action = this.#hook("fallbackAction", results.ActionResult, { step }) ?? this.#episode.defaultAction;
    if (this.#episode.actions.some(({ name }) => name === action)) return action;
    throw this.#badResult("fallbackAction", `"${action}" is not one of the actions of the game`);
  }

  debug(step: StepContext): Json | undefined {
    if (!this.#defined.has("debug")) return undefined;
    const value = this.#hook("debug", results.NothingResult, { step }) as Json;
    this.#limit("debug", value, resultLimits.debug);
    return value;
  }

  state(): string {
    return this.#runner.state;
  }

  get work(): ReadonlyMap<string, number> {
    return this.#runner.work;
  }

  dispose(): void {
    this.#disposed = true;
  }

  #prompt(name: HookName, input: HookInput, otherwise: () => string): string {
    return this.#hook(name, results.PromptResult, input) ?? otherwise();
  }

  #hook<T>(name: HookName, result: HookCall<T>["result"], input: HookInput): T | undefined {
    this.#checkAlive();
    if (!this.#defined.has(name)) return undefined;
    return this.#runner.run({ ...input, hook: name, args: input.args ?? [], access: hookAccess[name], result });
  }

  #limit(name: HookName, value: unknown, limit: number): void {
    if (isDeeper(value, resultLimits.depth))
      throw this.#badResult(name, `it is nested deeper than ${resultLimits.depth} levels`);
    const size = JSON.stringify(value).length;
    if (size > limit) throw this.#badResult(name, `it has ${size} characters of JSON; ${limit} at most`);
  }

  #badResult(name: HookName, what: string): ScaffoldError {
    return this.#runner.badResult(name, what);
  }

  #checkAlive(): void {
    if (this.#disposed) throw new TypeError("this scaffold session was disposed");
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
