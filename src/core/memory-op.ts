/**
 * Memory operations: their names, where they are open, and what came of them.
 * Written `<|READ|>file<|END|>`; grammar in src/memory, meaning in docs/formats.md.
 * Source: arXiv 2607.01224; order of execution and answers are ours.
 */

export type Phase = "log" | "plan";

/** Operations every scaffold has. `DONE` ends LOG, `ACTION` ends PLAN. */
export const baseOperations = {
  READ: { phases: ["log", "plan"], effect: "read", arguments: ["file"] },
  SEARCH: { phases: ["log", "plan"], effect: "read", arguments: ["file", "keyword"] },
  TAIL: { phases: ["log", "plan"], effect: "read", arguments: ["file", "count"] },
  COUNT: { phases: ["log", "plan"], effect: "read", arguments: ["file"] },
  APPEND: { phases: ["log"], effect: "write", arguments: ["file", "text"] },
  WRITE: { phases: ["log"], effect: "write", arguments: ["file", "text"] },
  CREATE: { phases: ["log"], effect: "write", arguments: ["file"] },
  DONE: { phases: ["log"], effect: "end", arguments: [] },
  ACTION: { phases: ["plan"], effect: "end", arguments: ["name"] },
} as const satisfies Record<string, OperationShape>;

export type BaseOperationName = keyof typeof baseOperations;

export interface OperationShape {
  phases: readonly Phase[];
  /** `end` closes the phase. */
  effect: "read" | "write" | "end";
  /** Names of the arguments in order; the last takes all that is left, `|` included. */
  arguments: readonly ArgumentKind[];
}

export type ArgumentKind = "file" | "keyword" | "count" | "text" | "name";

/** A well-formed operation, as the model wrote it. */
export interface MemoryOperation {
  name: string;
  arguments: string[];
}

/** Why an attempted operation could not be read; each is counted by kind. */
export type FormatFailure =
  | "unknown-operation"
  | "unclosed"
  | "missing-argument"
  | "bad-argument"
  | "stray-end"
  | "wrong-phase"
  | "nested-open"
  | "no-operation";

/** Who decided on an operation. */
export type Actor = "model" | "scaffold";

/**
 * What came of an operation. `empty` is a read that found nothing; `refused` leaves the folder untouched and `text` names the rule or limit.
 * `text` is what the model reads.
 */
export interface OperationResult {
  status: "ok" | "empty" | "refused" | "malformed";
  text: string;
}

/** A file as an index shows it. */
export interface MemoryFile {
  name: string;
  /** UTF-16 code units, as `String.length`. */
  characters: number;
  lines: number;
}
