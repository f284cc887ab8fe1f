/** What the model is told when an operation was not read, is not open in the phase, or has an argument that cannot be. Short, with the right form. */

import type { FileChange } from "../core/journal-files.ts";
import type { FormatFailure, MemoryOperation, OperationResult, Phase } from "../core/memory-op.ts";
import type { MemoryLimits } from "../core/run-settings.ts";
import { fileNameFault } from "./file-name.ts";
import type { ParsedFailure } from "./grammar.ts";
import { type OperationDefinition, type OperationTable, operationForm, operationNames } from "./operation-table.ts";

/** An operation's answer and what it did. `failure` is set where the form was at fault, also if it was run all the same. */
export interface OperationOutcome extends OperationResult {
  failure?: FormatFailure | undefined;
  /** Changes that took effect. */
  writes?: FileChange[] | undefined;
}

/** Characters of an action name or keyword at most; they stand on one line. */
export const nameCharacters = 200;

/** The answer to an attempt that could not be read. */
export function answerFailure(parsed: ParsedFailure, table: OperationTable, phase: Phase): OperationOutcome {
  return { status: "malformed", failure: parsed.failure, text: failureText(parsed, table, phase) };
}

/** The answer to a PLAN reply that holds no operation at all. `cut`: it reached its token limit. */
export function answerNoOperation(cut: boolean): OperationOutcome {
  const found = cut
    ? "Your reply reached the length limit and holds no operation. Write less."
    : "Your reply holds no operation.";
  return { status: "malformed", failure: "no-operation", text: `${found} Choose an action: <|ACTION|>name<|END|>` };
}

/** Why a well-formed operation may not run here, or `undefined`: the phase first, then each argument. */
export function checkOperation(
  operation: MemoryOperation,
  definition: OperationDefinition,
  phase: Phase,
  limits: MemoryLimits,
): OperationOutcome | undefined {
  if (!definition.phases.includes(phase))
    return { status: "refused", failure: "wrong-phase", text: wrongPhaseText(definition, phase) };
  for (const [at, kind] of definition.arguments.entries()) {
    const fault = argumentFault(kind, operation.arguments[at] ?? "", limits);
    if (fault !== undefined) {
      return { status: "refused", failure: "bad-argument", text: `${fault}\nForm: ${operationForm(definition)}` };
    }
  }
  return undefined;
}

/** Added to the answer of an operation that ran although its END was missing. */
export function unclosedNote(definition: OperationDefinition): string {
  return `(It had no <|END|>. Write ${operationForm(definition)})`;
}

function failureText(parsed: ParsedFailure, table: OperationTable, phase: Phase): string {
  const definition = table.get(parsed.name);
  const form = definition ? ` Write ${operationForm(definition)}` : "";
  if (parsed.cut) {
    return `Your reply reached the length limit inside ${parsed.name}, so it was not run. Write less.${form}`;
  }
  switch (parsed.failure) {
    case "unknown-operation":
      return unknownText(parsed.name, table, phase);
    case "stray-end":
      return "<|END|> without an operation before it. Begin one with its name, for example <|READ|>notes.txt<|END|>";
    case "nested-open":
      return `${parsed.name} was not finished when the next operation began.${form}`;
    case "unclosed":
      return `${parsed.name} was not finished.${form}`;
    default:
      return `${parsed.name} needs ${definition?.arguments.join(" and ") ?? "more"}.${form}`;
  }
}

function unknownText(name: string, table: OperationTable, phase: Phase): string {
  const capitals = table.get(name.toUpperCase());
  if (capitals !== undefined) return `Write ${capitals.name} in capitals: ${operationForm(capitals)}`;
  return `There is no operation ${name}. Use one of: ${operationNames(table, phase).join(", ")}.`;
}

function wrongPhaseText(definition: OperationDefinition, phase: Phase): string {
  const { name } = definition;
  if (name === "ACTION") return "ACTION is not open in LOG. First record what happened, then write <|DONE|>";
  if (name === "DONE") return "DONE is not open in PLAN. Choose an action: <|ACTION|>name<|END|>";
  if (phase === "plan" && definition.effect === "write") {
    return `${name} is not open in PLAN: memory can only be read now. Choose an action: <|ACTION|>name<|END|>`;
  }
  return `${name} is not open in ${phase.toUpperCase()}.`;
}

function argumentFault(
  kind: OperationDefinition["arguments"][number],
  value: string,
  limits: MemoryLimits,
): string | undefined {
  if (kind === "file") return fileNameFault(value);
  if (kind === "count")
    return /^0*[1-9][0-9]{0,8}$/.test(value) ? undefined : "The number of lines must be 1 or more, in digits.";
  if (kind === "text") {
    if (value.length <= limits.writeCharacters) return undefined;
    return `The text has ${value.length} characters, the limit for one write is ${limits.writeCharacters}. Write less.`;
  }
  if (value.includes("\n")) return `The ${kind} must stand on one line.`;
  if (value.length > nameCharacters)
    return `The ${kind} has ${value.length} characters, the limit is ${nameCharacters}.`;
  return undefined;
}
