/**
 * Reads the operations in a model's reply, whatever it holds. An operation goes from its tag to the next END, or without one to the next
 * operation's tag or the end of the reply. The rules are told in docs/formats.md, "Memory operations".
 */
import type { FormatFailure, MemoryOperation } from "../core/memory-op.ts";
import type { OperationDefinition, OperationTable } from "./operation-table.ts";
import { brokenTag, findTags, type Tag } from "./tags.ts";

/** An operation with all its arguments; it is to be run. */
export interface ParsedOperation {
  kind: "operation";
  operation: MemoryOperation;
  /** As written, tags included. */
  raw: string;
  /** True if its END was missing: counted, and run all the same. */
  unclosed: boolean;
}

/** An attempt that cannot be run. */
export interface ParsedFailure {
  kind: "failure";
  failure: FormatFailure;
  /** As written; `END` for a stray end. */
  name: string;
  /** The arguments that were there. */
  arguments: string[];
  raw: string;
  /** True if the reply was cut by its token limit inside this operation. */
  cut: boolean;
}

export type ParsedItem = ParsedOperation | ParsedFailure;

/** An item and its place in the reply: `text.slice(start, end)` is its `raw`. */
export interface ParsedSpan {
  item: ParsedItem;
  start: number;
  end: number;
}

/** How an operation's span ended. */
type Closing = "end" | "next-tag" | "turn-end";

interface Span {
  definition: OperationDefinition;
  raw: string;
  body: string;
  closing: Closing;
  /** True if the cut fell into the arguments. */
  cut: boolean;
}

/**
 * Operations and failures in the order written. Linear in the length of `text`; never throws.
 * `cut`: the reply ended at its token limit, so what is open at its end is not whole.
 */
export function parseTurn(text: string, table: OperationTable, cut: boolean): ParsedItem[] {
  return parseSpans(text, table, cut).map(({ item }) => item);
}

/** The same with their places, which do not overlap. */
export function parseSpans(text: string, table: OperationTable, cut: boolean): ParsedSpan[] {
  const tags = findTags(text, table);
  const spans: ParsedSpan[] = [];
  let readTo = 0;
  for (let next = 0; next < tags.length; ) {
    const { item, end, next: following } = readTag({ text, table, cut, tags }, next);
    spans.push({ item, start: tags[next]!.start, end });
    next = following;
    readTo = end;
  }
  const broken = cut ? brokenTag(text, table) : undefined;
  if (broken !== undefined && broken.start >= readTo) {
    const item = { ...failure("unclosed", broken.name, [], text.slice(broken.start)), cut: true };
    spans.push({ item, start: broken.start, end: text.length });
  }
  return spans;
}

interface Turn {
  text: string;
  table: OperationTable;
  cut: boolean;
  tags: readonly Tag[];
}

/** What begins at tag `at`, where it ends in the text, and the tag to read next. */
function readTag({ text, table, cut, tags }: Turn, at: number): { item: ParsedItem; end: number; next: number } {
  const tag = tags[at]!;
  if (tag.kind === "end") {
    return { item: failure("stray-end", "END", [], text.slice(tag.start, tag.end)), end: tag.end, next: at + 1 };
  }
  const definition = tag.kind === "open" ? table.get(tag.name) : undefined;
  const closer = closingTag(tags, at, definition);
  const closing: Closing = closer === undefined ? "turn-end" : closer.tag.kind === "end" ? "end" : "next-tag";
  const next = closer === undefined ? tags.length : closing === "end" ? closer.index + 1 : closer.index;
  if (definition === undefined) {
    const end = closing === "end" ? closer!.tag.end : tag.end;
    return { item: failure("unknown-operation", tag.name, [], text.slice(tag.start, end)), end, next };
  }
  const body = ownBody(text.slice(tag.end, closer?.tag.start), definition, closing);
  const end = closing === "end" ? closer!.tag.end : tag.end + body.length;
  const cutHere = cut && closing === "turn-end" && end === text.length;
  return { item: readSpan({ definition, raw: text.slice(tag.start, end), body, closing, cut: cutHere }), end, next };
}

/** The tag that ends the one at `from`. Inside a free text a tag of no operation is text. */
function closingTag(
  tags: readonly Tag[],
  from: number,
  definition: OperationDefinition | undefined,
): { tag: Tag; index: number } | undefined {
  let index = from + 1;
  if (definition !== undefined && takesText(definition)) while (tags[index]?.kind === "unknown") index += 1;
  const tag = tags[index];
  return tag === undefined ? undefined : { tag, index };
}

/** What belongs to the operation. One that takes no free text has its arguments on one line, so without an END the first line is all of it. */
function ownBody(body: string, definition: OperationDefinition, closing: Closing): string {
  if (closing === "end" || takesText(definition)) return body;
  return definition.arguments.length === 0 ? "" : /^\s*[^\n]*/.exec(body)![0];
}

function readSpan(span: Span): ParsedItem {
  const { definition, raw } = span;
  const parts = splitArguments(span.body, definition);
  const whole =
    parts.length === definition.arguments.length &&
    parts.every((part, at) => part !== "" || definition.arguments[at] === "text");
  if (definition.arguments.length === 0) {
    return { kind: "operation", operation: { name: definition.name, arguments: [] }, raw, unclosed: false };
  }
  if (span.cut) return { ...failure("unclosed", definition.name, parts, raw), cut: true };
  if (!whole) return failure(incomplete[span.closing], definition.name, parts, raw);
  return {
    kind: "operation",
    operation: { name: definition.name, arguments: parts },
    raw,
    unclosed: span.closing !== "end",
  };
}

/** What an operation without all its arguments is counted as. */
const incomplete: Record<Closing, FormatFailure> = {
  end: "missing-argument",
  "next-tag": "nested-open",
  "turn-end": "unclosed",
};

/** Splits at bars; the last argument takes all that is left. Short arguments lose white space around them, a text one newline at each end. */
function splitArguments(body: string, definition: OperationDefinition): string[] {
  const parts: string[] = [];
  const kinds = definition.arguments;
  let rest: string | undefined = body;
  for (let at = 0; at < kinds.length && rest !== undefined; at += 1) {
    const bar: number = at === kinds.length - 1 ? -1 : rest.indexOf("|");
    const part: string = bar === -1 ? rest : rest.slice(0, bar);
    parts.push(kinds[at] === "text" ? trimNewline(part) : part.trim());
    rest = bar === -1 ? undefined : rest.slice(bar + 1);
  }
  return parts;
}

function trimNewline(text: string): string {
  const from = text.startsWith("\r\n") ? 2 : text.startsWith("\n") ? 1 : 0;
  const tail = text.slice(from);
  return tail.endsWith("\r\n") ? tail.slice(0, -2) : tail.endsWith("\n") ? tail.slice(0, -1) : tail;
}

function takesText(definition: OperationDefinition): boolean {
  return definition.arguments.at(-1) === "text";
}

function failure(kind: FormatFailure, name: string, given: string[], raw: string): ParsedFailure {
  return { kind: "failure", failure: kind, name, arguments: given, raw, cut: false };
}
