/** The operations of an episode by name: the base ones and those the scaffold registered. */
import { ScaffoldError } from "../core/errors.ts";
import { baseOperations, type OperationShape, type Phase } from "../core/memory-op.ts";
import type { OperationSpec } from "../core/scaffold.ts";

export interface OperationDefinition extends OperationShape {
  name: string;
  /** The scaffold's spec, for an operation of its own; absent for a base one. */
  spec?: OperationSpec | undefined;
}

export type OperationTable = ReadonlyMap<string, OperationDefinition>;

/**
 * The table for a scaffold's operations. Throws `ScaffoldError` (`bad-operation`) for a name that is taken or reserved and for a write
 * that would be open in PLAN.
 */
export function operationTable(registered: readonly OperationSpec[]): OperationTable {
  const table = new Map<string, OperationDefinition>();
  for (const [name, shape] of Object.entries(baseOperations)) table.set(name, { name, ...shape });
  for (const spec of registered) {
    const fault = registrationFault(spec, table);
    if (fault !== undefined) {
      throw new ScaffoldError(`The scaffold registers the operation ${spec.name}: ${fault}`, {
        code: "bad-operation",
        data: { operation: spec.name },
      });
    }
    table.set(spec.name, {
      name: spec.name,
      phases: spec.phases,
      effect: spec.effect,
      arguments: spec.arguments,
      spec,
    });
  }
  return table;
}

/** How an operation is written: `<|APPEND|>file|text<|END|>`; one without arguments needs no end. */
export function operationForm(definition: Pick<OperationDefinition, "name" | "arguments">): string {
  if (definition.arguments.length === 0) return `<|${definition.name}|>`;
  return `<|${definition.name}|>${definition.arguments.join("|")}<|END|>`;
}

/** Names open in a phase, in table order. */
export function operationNames(table: OperationTable, phase: Phase): string[] {
  return [...table.values()].filter((definition) => definition.phases.includes(phase)).map(({ name }) => name);
}

function registrationFault(spec: OperationSpec, table: OperationTable): string | undefined {
  if (spec.name === "END") return "END closes every operation; choose another name.";
  if (table.has(spec.name)) return "the name is taken; choose another.";
  if (spec.effect === "write" && spec.phases.includes("plan")) {
    return 'it writes, and nothing is written in PLAN; set "phases" to ["log"].';
  }
  return undefined;
}
