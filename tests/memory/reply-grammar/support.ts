/** Phases at random: operations, files and actions as an episode may have them. */
import fc from "fast-check";
import type { OperationSpec } from "../../../src/core/scaffold.ts";
import { type OperationTable, operationTable } from "../../../src/memory/operation-table.ts";
import { type ReplyShapeInput, writableActions } from "../../../src/memory/reply-grammar/shape.ts";
import type { Draw } from "./gbnf-language.ts";

export const baseTable: OperationTable = operationTable([]);

const fileName = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,12}\.(txt|md|json)$/)
  .filter((name) => !/^(con|prn|aux|nul|com\d|lpt\d)\./i.test(name));

const spec: fc.Arbitrary<OperationSpec> = fc.record({
  name: fc.constantFrom("MAP_ADD", "MARK", "ROUTE", "PUT2"),
  phases: fc.constantFrom<("log" | "plan")[]>(["log"], ["log", "plan"], ["plan"]),
  effect: fc.constantFrom("read", "write"),
  arguments: fc.array(fc.constantFrom("file", "keyword", "count", "text", "name"), { maxLength: 4 }),
  help: fc.constant("does it"),
});

/** Any place of a call. */
export const shapeInputs: fc.Arbitrary<ReplyShapeInput> = fc
  .record({
    phase: fc.constantFrom("log", "plan"),
    specs: fc.uniqueArray(spec, { selector: ({ name }) => name, maxLength: 3 }),
    hidden: fc.subarray(["READ", "SEARCH", "TAIL", "COUNT", "APPEND", "WRITE", "CREATE", "DONE", "ACTION"]),
    files: fc.uniqueArray(fileName, { selector: (name) => name.toLowerCase(), maxLength: 6 }),
    mayMakeFiles: fc.boolean(),
    names: fc.uniqueArray(
      fc.oneof(fc.constantFrom("Move West", "noop", "<", ">", ".", '"', "\\", "a|b"), fc.string({ minLength: 1 })),
      { maxLength: 20 },
    ),
    first: fc.boolean(),
    last: fc.boolean(),
    maxTokens: fc.constantFrom(1, 16, 64, 200, 512, 4096),
    writeCharacters: fc.constantFrom(1, 40, 16_384),
  })
  .map(({ specs, names, ...rest }) => {
    // A write cannot be open in PLAN.
    const table = operationTable(specs.filter(({ effect, phases }) => effect === "read" || !phases.includes("plan")));
    return { ...rest, table, actions: [...writableActions(names, table), "wait"] };
  })
  .map((input) => ({ ...input, actions: [...new Set(input.actions)] }));

/** Numbers from a seed, the same on every machine (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
