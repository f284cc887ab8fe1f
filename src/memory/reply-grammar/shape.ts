/**
 * What a whole reply may be, as data: the form that a grammar of any notation is written from. Every length is bounded, and every reply of
 * the shape is read by src/memory/grammar.ts as well-formed operations that are open in the phase.
 */
import type { ArgumentKind, Phase } from "../../core/memory-op.ts";
import { nameCharacters } from "../answers.ts";
import { parseTurn } from "../grammar.ts";
import type { OperationDefinition, OperationTable } from "../operation-table.ts";

/** A file argument is one of `existing`, or with `mayBeNew` a name by the rule of `newFileName`. */
export type ArgumentShape =
  | { kind: "file"; existing: readonly string[]; mayBeNew: boolean }
  | { kind: "count" }
  /** One line without bars, at most `characters` long. */
  | { kind: "line"; characters: number }
  /** Free text; only the last argument may hold bars and several lines. */
  | { kind: "text"; characters: number; isLast: boolean };

export interface OperationForm {
  name: string;
  /** In the order written; keys by which a JSON reply names them are those of `argumentKeys`. */
  arguments: readonly ArgumentShape[];
}

export interface ReplyShape {
  /** Operations of a reply that only looks up; its results come back. Empty: no such reply. */
  lookups: readonly OperationForm[];
  lookupsAtMost: number;
  /** LOG: operations of a reply that records, before its DONE. */
  writes: readonly OperationForm[];
  writesAtLeast: number;
  writesAtMost: number;
  /** PLAN: names for the one ACTION. In LOG `undefined`: the reply ends with DONE. */
  actions: readonly string[] | undefined;
}

export interface ReplyShapeInput {
  phase: Phase;
  table: OperationTable;
  /** Operations that the prompt does not name; left out, DONE and ACTION apart. */
  hidden: readonly string[];
  /** Names of the files that exist, in a fixed order. */
  files: readonly string[];
  /** False when the folder holds as many files as it may. */
  mayMakeFiles: boolean;
  actions: readonly string[];
  /** True for the first call of the phase: LOG then records at least one thing, unless it is the last call too. */
  first: boolean;
  /** True for the last call that the phase may make: nothing can be looked up, and PLAN must act. */
  last: boolean;
  /** Tokens of one reply. */
  maxTokens: number;
  /** Characters of text that one write may hold. */
  writeCharacters: number;
}

/** First letter, then `newFileRest` more of a-z, 0-9, _ and -, then an ending. At least five before the dot: no reserved name is that long. */
export const newFileName = { first: "a-z", rest: "a-z0-9_-", restFrom: 4, restTo: 23, endings: [".txt", ".md"] };

/** Blanks other than space and line ends, as a class writes them: a short argument of blanks alone would be read as none. */
export const otherBlanks = "\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF";

/** Operations in one reply at most. */
const lookupsAtMost = 2;
const writesAtMost = 4;
/** Characters of a keyword or a name. */
const lineCharacters = 40;
/** Tokens for an operation beside its text, and for DONE with line ends: generous for vocabularies that split tags into letters. */
const operationTokens = 32;
const doneTokens = 8;
/** A token of text has about four characters; two leaves room for other languages and odd words. */
const charactersAToken = 2;
/** A grammar grows with this length. */
const textCharactersAtMost = 1_000;
const textCharactersAtLeast = 16;

/** The shape of the replies that are open now. Deterministic; equal input gives an equal shape. */
export function replyShape(input: ReplyShapeInput): ReplyShape {
  const { phase, first, last, maxTokens } = input;
  const open = [...input.table.values()].filter(
    ({ name, phases }) => phases.includes(phase) && !input.hidden.includes(name),
  );
  const writesRoom = Math.floor((maxTokens - doneTokens) / (2 * operationTokens));
  const most = Math.max(1, Math.min(writesAtMost, writesRoom));
  const characters = textBound(input, most);
  const shapes = (effect: "read" | "write") =>
    open.filter((definition) => definition.effect === effect).flatMap((one) => shapeOf(one, input, characters) ?? []);
  const writes = phase === "log" ? shapes("write") : [];
  return {
    lookups: last ? [] : shapes("read"),
    lookupsAtMost: Math.max(1, Math.min(lookupsAtMost, Math.floor(maxTokens / operationTokens))),
    writes,
    writesAtLeast: first && !last && writes.length > 0 ? 1 : 0,
    writesAtMost: writes.length > 0 ? most : 0,
    actions: phase === "plan" ? input.actions : undefined,
  };
}

/** Those of a game's action names that can be written as an ACTION and are read back unchanged. */
export function writableActions(names: readonly string[], table: OperationTable): string[] {
  return names.filter((name) => {
    const [item, ...others] = parseTurn(`<|ACTION|>${name}<|END|>`, table, false);
    const whole = item?.kind === "operation" && !item.unclosed && item.operation.arguments[0] === name;
    return whole && others.length === 0 && name.length <= nameCharacters && !/\p{Cc}/u.test(name);
  });
}

/** The keys of an operation's arguments in a JSON reply: their kinds, numbered where one comes twice (`file`, `file2`). */
export function argumentKeys(kinds: readonly ArgumentKind[]): string[] {
  const seen = new Map<ArgumentKind, number>();
  return kinds.map((kind) => {
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return count === 1 ? kind : `${kind}${count}`;
  });
}

function textBound({ maxTokens, writeCharacters }: ReplyShapeInput, operations: number): number {
  const tokens = (maxTokens - doneTokens) / operations - operationTokens;
  const wanted = Math.max(textCharactersAtLeast, Math.floor(tokens * charactersAToken));
  return Math.min(wanted, textCharactersAtMost, writeCharacters);
}

/** `undefined` where it needs a file and there is none it could name. */
function shapeOf(
  definition: OperationDefinition,
  { files, mayMakeFiles }: ReplyShapeInput,
  characters: number,
): OperationForm | undefined {
  const { name, effect } = definition;
  const mayBeNew = effect === "write" && mayMakeFiles;
  const existing = name === "CREATE" ? [] : files;
  const kinds = definition.arguments;
  if (kinds.includes("file") && existing.length === 0 && !mayBeNew) return undefined;
  const shaped = kinds.map((kind, at): ArgumentShape => {
    if (kind === "file") return { kind, existing, mayBeNew };
    if (kind === "count") return { kind };
    if (kind === "text") return { kind, characters, isLast: at === kinds.length - 1 };
    return { kind: "line", characters: Math.min(lineCharacters, Math.max(textCharactersAtLeast, characters)) };
  });
  return { name, arguments: shaped };
}
