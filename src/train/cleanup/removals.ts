/** What the clean-up takes away from a reply, rule by rule: for people who look at one turn. Pure. */
import { diffChars } from "diff";
import type { OperationTable } from "../../memory/operation-table.ts";
import { textRules } from "./clean-turn.ts";
import type { TurnText } from "./rules.ts";

/** The pieces that one application of a rule took away, in their order. */
export interface Removal {
  rule: string;
  pieces: string[];
}

/** In the order applied; a rule that took something away twice stands twice. The reply without all of them is `cleanTurn`'s text. */
export function removalsOf(turn: TurnText, table: OperationTable): Removal[] {
  const removals: Removal[] = [];
  let clean = turn;
  for (let before = ""; before !== clean.text; ) {
    before = clean.text;
    for (const [rule, apply] of textRules) {
      const next = apply(clean, table);
      if (next.text !== clean.text) removals.push({ rule, pieces: piecesGone(clean.text, next.text) });
      clean = next;
    }
  }
  return removals;
}

function piecesGone(before: string, after: string): string[] {
  return diffChars(before, after).flatMap(({ removed, value }) => (removed ? [value] : []));
}
