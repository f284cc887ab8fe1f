/**
 * Holds the types that authors see (scaffolds/automem.d.ts) against the contract in core: a difference is an error of the type check.
 */
/// <reference path="../../scaffolds/automem.d.ts" />
import type * as author from "automem";
import type * as operation from "../../src/core/memory-op.ts";
import type * as core from "../../src/core/scaffold.ts";
import type { HookName } from "../../src/scaffold/hooks.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Takes<Given, Wanted> = [Given] extends [Wanted] ? true : false;

/** What the sandbox hands to hooks. */
type Given = core.EpisodeContext & core.StepContext;
type Seen = Omit<
  author.StepContext<unknown>,
  "state" | "instruction" | "operationHelp" | "previousObservation" | "outcome"
>;

export const checks: [
  Takes<Given, Seen>,
  Same<keyof Given, Exclude<keyof author.StepContext<unknown>, "state" | "instruction" | "operationHelp">>,
  Same<core.ActionOutcome, author.ActionOutcome>,
  Same<core.OperationVerdict, author.OperationVerdict>,
  Same<operation.MemoryFile, author.MemoryFile>,
  Same<operation.BaseOperationName, author.BaseOperation>,
  Same<Omit<core.OperationSpec, never>, Omit<author.OwnOperation<unknown>, "run">>,
  Takes<author.HandlerOutcome, core.HandlerOutcome>,
  Takes<core.TurnResult, author.TurnResult>,
  Same<HookName, Exclude<keyof author.Scaffold<unknown>, "operations" | "hiddenOperations">>,
] = [true, true, true, true, true, true, true, true, true, true];
