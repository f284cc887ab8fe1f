/** Shared by the memory tests: limits, a table with one registered operation, and model outputs for the property tests. */
import fc from "fast-check";
import * as v from "valibot";
import { MemoryLimits } from "../../src/core/run-settings.ts";
import type { OperationSpec } from "../../src/core/scaffold.ts";
import { MemoryFolder } from "../../src/memory/folder.ts";
import { operationTable } from "../../src/memory/operation-table.ts";

export const upsert: OperationSpec = {
  name: "UPSERT_MAP",
  phases: ["log"],
  effect: "write",
  arguments: ["name", "text"],
  help: "replaces the line of a place. Example: <|UPSERT_MAP|>3,4|a fountain<|END|>",
};

export const table = operationTable([upsert]);

export function limits(given: Partial<MemoryLimits> = {}): MemoryLimits {
  return v.parse(MemoryLimits, given);
}

export function folderWith(files: { [file: string]: string }, given: Partial<MemoryLimits> = {}): MemoryFolder {
  const folder = new MemoryFolder(limits(given));
  const refusal = folder.restore(files);
  if (refusal !== undefined) throw new Error(refusal);
  return folder;
}

const tag = fc.constantFrom(
  ...[
    "READ",
    "SEARCH",
    "TAIL",
    "COUNT",
    "APPEND",
    "WRITE",
    "CREATE",
    "DONE",
    "ACTION",
    "UPSERT_MAP",
    "FLY",
    "read",
    "END",
  ].flatMap((name) => [`<|${name}|>`, `<${name}>`, `<|${name}>`, `<${name}|>`, `<|${name}}`]),
);

const piece = fc.oneof(
  { weight: 4, arbitrary: tag },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "<|END|>",
      "|",
      "\n",
      "\r\n",
      "a.txt",
      "A.TXT",
      "b",
      "../x",
      "CON",
      "0",
      "-1",
      "3",
      "<|",
      "|>",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("\u0000", "\ud800", "\udfff", "\u001b[2J", "\u0085", "😀") },
);

/** Anything a model may write: noise with many tags, whole and broken. */
export const modelOutput = fc.oneof(
  fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary", maxLength: 300 }),
);
