/**
 * Takes every attempt at an ACTION out of a reply, so that who reads the rest chooses freely: well-formed, unclosed, over-long, in small
 * letters, or broken off by the limit of tokens. Pure.
 */
import { type ParsedItem, type ParsedSpan, parseSpans } from "../memory/grammar.ts";
import type { OperationTable } from "../memory/operation-table.ts";

/** True for an ACTION in whatever form. Of a tag that the end of a cut reply broke off, what it may have begun counts. */
export function isActionAttempt(item: ParsedItem): boolean {
  if (item.kind === "operation") return item.operation.name === "ACTION";
  return item.name.toUpperCase() === "ACTION" || (item.cut && "ACTION".startsWith(item.name));
}

/**
 * The reply without its ACTIONs and without blanks at its ends; the reply itself, unchanged, if it holds none. What is left holds none
 * either, also where taking one out brought the halves of another together. `cut`: the reply ended at its token limit.
 */
export function withoutActions(text: string, table: OperationTable, cut: boolean): string {
  let rest = text;
  while (true) {
    const spans = parseSpans(rest, table, cut);
    if (!spans.some(({ item }) => isActionAttempt(item))) return rest;
    rest = leaveOut(rest, spans).trim();
  }
}

function leaveOut(text: string, spans: readonly ParsedSpan[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const [index, span] of spans.entries()) {
    if (!isActionAttempt(span.item)) continue;
    pieces.push(text.slice(from, span.start));
    from = endOf(text, span, spans[index + 1]?.start ?? text.length);
  }
  return pieces.join("") + text.slice(from);
}

/** Of a tag that is no operation's (`<|action|>`) only the tag is read; without an END the name stands after it, on its line. */
function endOf(text: string, { item, end }: ParsedSpan, next: number): number {
  const unread = item.kind === "failure" && item.failure === "unknown-operation" && !/<\|?END\|?[>}]$/.test(item.raw);
  if (!unread) return end;
  const line = text.indexOf("\n", end);
  return Math.min(next, line === -1 ? text.length : line);
}
