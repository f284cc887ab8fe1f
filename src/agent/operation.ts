/** Runs one memory operation of the model: the engine's checks, the scaffold's verdict, then the folder or the scaffold's handler. */
import { ScaffoldError } from "../core/errors.ts";
import type { FileChange } from "../core/journal-files.ts";
import type { MemoryOperation, Phase } from "../core/memory-op.ts";
import type { HandlerOutcome } from "../core/scaffold.ts";
import { checkOperation, type OperationOutcome } from "../memory/answers.ts";
import { showBeginning } from "../memory/display.ts";
import { isFolderOperation, runFolderOperation } from "../memory/execute.ts";
import type { OperationDefinition } from "../memory/operation-table.ts";
import { type EpisodeRun, type Present, stepContext } from "./episode-run.ts";

export interface RunOutcome extends OperationOutcome {
  /** The operation that was run: the one written, or what the scaffold put in its place. */
  operation: MemoryOperation;
}

/**
 * Answers an operation that is no end of a phase. Refusals are values; throws `ScaffoldError` (`bad-hook-result`) if the scaffold
 * answers what cannot be, and passes on what its hooks throw. A write takes effect whole or not at all.
 */
export function runOperation(
  run: EpisodeRun,
  present: Present,
  phase: Phase,
  definition: OperationDefinition,
  written: MemoryOperation,
): RunOutcome {
  const { folder, session, reader } = run;
  const refused = checkOperation(written, definition, phase, folder.limits);
  if (refused !== undefined) return { ...refused, operation: written };
  const verdict = session.onOperation(stepContext(run, present), reader, phase, written);
  if (verdict.verdict === "refuse") {
    return { status: "refused", text: shorten(run, verdict.text), operation: written };
  }
  if (verdict.verdict === "allow") {
    return { ...execute(run, present, phase, definition, written), operation: written };
  }
  const operation = verdict.operation;
  const other = rewritten(run, operation);
  const outcome =
    checkOperation(operation, other, phase, folder.limits) ?? execute(run, present, phase, other, operation);
  return { ...outcome, operation };
}

function execute(
  run: EpisodeRun,
  present: Present,
  phase: Phase,
  definition: OperationDefinition,
  operation: MemoryOperation,
): OperationOutcome {
  if (isFolderOperation(operation.name)) return runFolderOperation(run.folder, operation.name, operation);
  const outcome = run.session.runOperation(stepContext(run, present), run.reader, phase, operation);
  const text = shorten(run, outcome.text);
  const status = outcome.status ?? "ok";
  const writes = outcome.writes ?? [];
  if (writes.length === 0) return { status, text };
  if (definition.effect !== "write" || status !== "ok") {
    const why = status === "ok" ? `it is registered as a ${definition.effect}` : `its status is ${status}`;
    throw badResult(`The scaffold's handler of ${operation.name} asks for writes, but ${why}.`, operation);
  }
  return applyAll(run, writes, text);
}

/** All writes or none. */
function applyAll(run: EpisodeRun, writes: NonNullable<HandlerOutcome["writes"]>, text: string): OperationOutcome {
  const before = run.folder.checkpoint();
  const changes: FileChange[] = [];
  for (const { file, text: content } of writes) {
    const answer = run.folder.write(file, content);
    if (!answer.ok) {
      run.folder.rollback(before);
      return { status: "refused", text: shorten(run, answer.refusal) };
    }
    changes.push(answer.change);
  }
  return { status: "ok", text, writes: changes };
}

/** The definition of what the scaffold put in place. Which phase it is open in is checked as for any other. */
function rewritten(run: EpisodeRun, operation: MemoryOperation): OperationDefinition {
  const definition = run.table.get(operation.name);
  if (definition === undefined || definition.effect === "end") {
    throw badResult(`The scaffold rewrote an operation to ${operation.name}, which is no memory operation.`, operation);
  }
  if (operation.arguments.length !== definition.arguments.length) {
    const counts = `${operation.arguments.length} arguments; it takes ${definition.arguments.length}`;
    throw badResult(`The scaffold rewrote an operation to ${operation.name} with ${counts}.`, operation);
  }
  return definition;
}

function badResult(message: string, operation: MemoryOperation): ScaffoldError {
  return new ScaffoldError(message, { code: "bad-hook-result", data: { operation: operation.name } });
}

function shorten(run: EpisodeRun, text: string): string {
  return showBeginning(text, run.folder.limits.resultCharacters);
}
