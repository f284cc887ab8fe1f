/** Cutting pieces out of a text, and where the operations of a reply stand in it. Nothing is ever put in. Pure. */
import { type ParsedItem, parseTurn } from "../../memory/grammar.ts";
import type { OperationTable } from "../../memory/operation-table.ts";

/** From `start` to before `end`, in UTF-16 code units. */
export interface Piece {
  start: number;
  end: number;
}

export type PlacedItem = ParsedItem & Piece;

/** The text without some pieces, which must be in order and apart. */
export function without(text: string, pieces: readonly Piece[]): string {
  let kept = "";
  let from = 0;
  for (const { start, end } of pieces) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

/** Operations and failures with their places. `cut`: see `parseTurn`. */
export function placedItems(text: string, table: OperationTable, cut: boolean): PlacedItem[] {
  let from = 0;
  return parseTurn(text, table, cut).map((item) => {
    // An item's text begins with its tag, and no tag before it was left unread: the first place is its own.
    const start = text.indexOf(item.raw, from);
    from = start + item.raw.length;
    return { ...item, start, end: from };
  });
}

/** What lies before, between and after the items. */
export function gapsBetween(text: string, items: readonly Piece[]): Piece[] {
  const starts = [0, ...items.map(({ end }) => end)];
  const ends = [...items.map(({ start }) => start), text.length];
  return starts.map((start, index) => ({ start, end: ends[index]! }));
}
