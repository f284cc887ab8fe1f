/**
 * The rules of the clean-up. Each takes text away from a reply, or leaves it; the operations that stay mean the same as before. Pure.
 * Source: the clean-up of arXiv 2607.01224's data engine; where ours differs is told in docs/training-data.md.
 */
import type { Phase } from "../../core/memory-op.ts";
import type { OperationTable } from "../../memory/operation-table.ts";
import { gapsBetween, type Piece, type PlacedItem, placedItems, without } from "./pieces.ts";

/** A reply on its way through the clean-up. */
export interface TurnText {
  phase: Phase;
  text: string;
  /** The reply was cut by its token limit. */
  cut: boolean;
  /** What became of each operation when the turn was played, in the order recorded; absent if that is not known. */
  outcomes?: readonly { name: string; status: "ok" | "empty" | "refused" | "malformed" }[] | undefined;
}

export type TextRule = (turn: TurnText, table: OperationTable) => TurnText;

/** Code fences around or between operations. A fence inside what an operation writes is part of that, and stays. */
export function stripFences(turn: TurnText, table: OperationTable): TurnText {
  const items = placedItems(turn.text, table, turn.cut);
  const fences = gapsBetween(turn.text, items).flatMap((gap) => fencesIn(turn.text, gap));
  return takenOut(turn, fences, items, table);
}

/**
 * Operations that were refused or could not be read, where another one of the turn ran: they changed nothing. A turn of which none ran stays as
 * it is: what is left of it would be another decision.
 */
export function dropRefused(turn: TurnText, table: OperationTable): TurnText {
  const { outcomes, ...rest } = turn;
  if (outcomes === undefined) return turn;
  const items = placedItems(turn.text, table, turn.cut);
  const isAction = (item: PlacedItem) => item.kind === "operation" && nameOf(item) === "ACTION";
  const run = items.filter((item) => !isAction(item));
  // The ACTION that stood is recorded last, wherever it was written.
  const known = outcomes.filter(({ name, status }) => name !== "ACTION" || status === "malformed");
  if (known.length !== run.length || known.some(({ name }, index) => name !== nameOf(run[index]!))) return turn;
  const took = ({ name, status }: (typeof known)[number]) => name !== "DONE" && (status === "ok" || status === "empty");
  if (!known.some(took)) return turn;
  const refused = new Set(run.filter((_, index) => ["refused", "malformed"].includes(known[index]!.status)));
  const stay = items.filter((item) => !refused.has(item));
  return takenOut(rest, [...refused], stay, table, turn);
}

/** LOG: what stands behind the first DONE was not run. */
export function cutAfterDone(turn: TurnText, table: OperationTable): TurnText {
  if (turn.phase !== "log") return turn;
  const items = placedItems(turn.text, table, turn.cut);
  const at = items.findIndex((item) => item.kind === "operation" && item.operation.name === "DONE");
  if (at === -1) return turn;
  const tagEnd = items[at]!.start + doneTag(items[at]!.raw);
  return cutAt(turn, tagEnd, items.slice(0, at + 1), table);
}

/** PLAN: a turn that also looks something up keeps that alone; a turn with ACTION only ended consulting, and is kept as such. */
export function removeAction(turn: TurnText, table: OperationTable): TurnText {
  if (turn.phase !== "plan") return turn;
  const items = placedItems(turn.text, table, turn.cut);
  const isAction = (item: PlacedItem) => item.kind === "operation" && item.operation.name === "ACTION";
  const rest = items.filter((item) => !isAction(item));
  if (!rest.some(({ kind }) => kind === "operation")) return turn;
  return takenOut(turn, items.filter(isAction), rest, table);
}

/** What follows the last operation. */
export function trimTail(turn: TurnText, table: OperationTable): TurnText {
  const items = placedItems(turn.text, table, turn.cut);
  const last = items.findLastIndex(({ kind }) => kind === "operation");
  return last === -1 ? turn : cutAt(turn, items[last]!.end, items.slice(0, last + 1), table);
}

function cutAt(turn: TurnText, end: number, expected: readonly PlacedItem[], table: OperationTable): TurnText {
  if (end === turn.text.length) return turn;
  // What was cut off by the token limit is not there any more.
  return takenOut({ ...turn, cut: false }, [{ start: end, end: turn.text.length }], expected, table, turn);
}

/** The turn without the pieces, if its operations are then the expected ones; else the turn as it was. */
function takenOut(
  turn: TurnText,
  pieces: readonly Piece[],
  expected: readonly PlacedItem[],
  table: OperationTable,
  before: TurnText = turn,
): TurnText {
  if (pieces.length === 0) return before;
  const text = without(turn.text, pieces);
  return isSame(placedItems(text, table, turn.cut), expected) ? { ...turn, text } : before;
}

function isSame(found: readonly PlacedItem[], expected: readonly PlacedItem[]): boolean {
  return found.length === expected.length && found.every((item, index) => meaning(item) === meaning(expected[index]!));
}

function nameOf(item: PlacedItem): string {
  return item.kind === "operation" ? item.operation.name : item.name;
}

/** What an item comes to when it is run. */
export function meaning(item: PlacedItem): string {
  return item.kind === "operation"
    ? JSON.stringify([item.operation.name, item.operation.arguments, item.unclosed])
    : JSON.stringify([item.failure, item.name, item.arguments]);
}

function fencesIn(text: string, gap: Piece): Piece[] {
  const fence = /^[ \t]*`{3,}[\w+-]*[ \t]*(?:\r?\n|$)/gm;
  return [...text.slice(gap.start, gap.end).matchAll(fence)].map((match) => ({
    start: gap.start + match.index,
    end: gap.start + match.index + match[0].length,
  }));
}

/** Length of the tag at the beginning. */
function doneTag(raw: string): number {
  return raw.indexOf(">") + 1;
}
