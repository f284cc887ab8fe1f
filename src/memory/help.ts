/** The operation help of a prompt: each operation's exact form, what it does, and one example. */
import { type BaseOperationName, baseOperations, type Phase } from "../core/memory-op.ts";
import type { OperationSpec } from "../core/scaffold.ts";
import { operationForm } from "./operation-table.ts";

const descriptions: Record<BaseOperationName, { does: string; example: string }> = {
  READ: { does: "shows a file", example: "<|READ|>notes.txt<|END|>" },
  SEARCH: { does: "shows the lines that contain a keyword", example: "<|SEARCH|>notes.txt|water<|END|>" },
  TAIL: { does: "shows the last lines", example: "<|TAIL|>notes.txt|5<|END|>" },
  COUNT: { does: "counts the lines", example: "<|COUNT|>notes.txt<|END|>" },
  APPEND: { does: "adds text at the end", example: "<|APPEND|>notes.txt|The door in the east is locked.<|END|>" },
  WRITE: { does: "replaces the whole text", example: "<|WRITE|>goals.txt|1. Find the key.<|END|>" },
  CREATE: { does: "makes an empty file", example: "<|CREATE|>map.txt<|END|>" },
  DONE: { does: "ends this phase", example: "<|DONE|>" },
  ACTION: { does: "plays an action and ends this phase", example: "" },
};

/**
 * One line for each operation that is open in `phase`: base ones without the hidden, then the scaffold's own (with its help line).
 * `actionExample` is an action of the game, for ACTION's example.
 */
export function operationHelp(
  phase: Phase,
  registered: readonly OperationSpec[],
  hidden: readonly string[],
  actionExample: string,
): string[] {
  const lines: string[] = [];
  for (const [name, shape] of Object.entries(baseOperations)) {
    if (!(shape.phases as readonly Phase[]).includes(phase) || hidden.includes(name)) continue;
    const { does, example } = descriptions[name as BaseOperationName];
    const shownExample = name === "ACTION" ? `<|ACTION|>${actionExample}<|END|>` : example;
    const form = operationForm({ name, arguments: shape.arguments });
    lines.push(form === shownExample ? `${form} ${does}.` : `${form} ${does}. Example: ${shownExample}`);
  }
  for (const spec of registered) {
    if (spec.phases.includes(phase)) lines.push(`${operationForm(spec)} ${spec.help}`);
  }
  return lines;
}
