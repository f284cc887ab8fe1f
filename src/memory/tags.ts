/**
 * Finds operation tags in a model's reply. Lenient as the reference is: the bars are optional, and END may close with `}`.
 * Each tag is bounded in length, so one pass is linear in the text whatever it holds.
 */
import type { OperationTable } from "./operation-table.ts";

export interface Tag {
  /** `unknown`: written as an operation (`<|NAME|>`), but there is none of that name. */
  kind: "open" | "end" | "unknown";
  name: string;
  start: number;
  /** First position after the tag. */
  end: number;
}

/** Tags in order. `<NAME>` of no operation, and `<|name|>` in small letters of none, are plain text (markup, chat tokens). */
export function findTags(text: string, table: OperationTable): Tag[] {
  const pattern = /<(\|?)([A-Za-z][A-Za-z0-9_]{1,31})(\|?)([>}])/g;
  const tags: Tag[] = [];
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const name = match[2]!;
    const kind = tagKind(name, match[1] === "|" && match[3] === "|", match[4]!, table);
    if (kind !== undefined) tags.push({ kind, name, start: match.index, end: pattern.lastIndex });
  }
  return tags;
}

/** The name begun by a tag that the end of a cut reply broke off (`<|APPE`), and where; `undefined` if there is none. */
export function brokenTag(text: string, table: OperationTable): { name: string; start: number } | undefined {
  const tail = text.slice(-36);
  const match = /<\|([A-Z][A-Z0-9_]{0,31})\|?$/.exec(tail);
  if (match === null) return undefined;
  const begun = match[1]!;
  const known = [...table.keys()].some((name) => name.startsWith(begun));
  return known ? { name: begun, start: text.length - tail.length + match.index } : undefined;
}

function tagKind(name: string, bars: boolean, close: string, table: OperationTable): Tag["kind"] | undefined {
  if (name === "END") return "end";
  if (close === "}") return undefined;
  if (table.has(name)) return "open";
  const attempted = name === name.toUpperCase() || table.has(name.toUpperCase());
  return bars && attempted ? "unknown" : undefined;
}
