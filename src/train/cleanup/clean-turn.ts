/** The clean-up of a reply: the rules in order, and what is set aside. Pure. */
import type { OperationTable } from "../../memory/operation-table.ts";
import { placedItems } from "./pieces.ts";
import {
  cutAfterDone,
  dropRefused,
  removeAction,
  stripFences,
  type TextRule,
  type TurnText,
  trimTail,
} from "./rules.ts";

export type CleanTurn =
  | { text: string; cleaned: string[] }
  /** Not to learn from. `rule`: `no-operation`, `malformed`, `action` or `wrong-phase`. */
  | { setAside: { rule: string; detail: string } };

/** In the order applied; the names stand with each item. */
export const textRules: readonly (readonly [name: string, rule: TextRule])[] = [
  ["fences", stripFences],
  ["refused", dropRefused],
  ["done", cutAfterDone],
  ["action", removeAction],
  ["tail", trimTail],
];

/** The reply as it is to be learnt, made of pieces of itself in their order; or why it is not. Doing it twice changes nothing more. */
export function cleanTurn(turn: TurnText, table: OperationTable): CleanTurn {
  const { clean, cleaned } = applyRules(turn, table);
  const items = placedItems(clean.text, table, clean.cut);
  const operations = items.filter(({ kind }) => kind === "operation");
  if (operations.length === 0) return aside("no-operation", "The turn holds no operation that can be read.");
  const bad = items.find((item) => item.kind === "failure" || item.unclosed);
  if (bad !== undefined) {
    const what = bad.kind === "failure" ? `${bad.failure} ${bad.name}` : `unclosed ${bad.operation.name}`;
    return aside("malformed", `The turn holds an operation in a wrong form: ${what.trim()}.`);
  }
  const names = operations.map((item) => (item.kind === "operation" ? item.operation.name : ""));
  if (clean.phase === "plan" && names.includes("ACTION") && names.some((name) => name !== "ACTION")) {
    return aside("action", "The ACTION cannot be taken out without changing what else the turn does.");
  }
  const foreign = names.find((name) => !table.get(name)!.phases.includes(clean.phase));
  if (foreign !== undefined) {
    return aside("wrong-phase", `${foreign} is not open in ${clean.phase.toUpperCase()}.`);
  }
  return { text: clean.text, cleaned };
}

/** Until no rule finds anything: what one takes away may bring together what another looks for. Each pass shortens the text. */
function applyRules(turn: TurnText, table: OperationTable): { clean: TurnText; cleaned: string[] } {
  const cleaned = new Set<string>();
  let clean = turn;
  for (let before = ""; before !== clean.text; ) {
    before = clean.text;
    for (const [name, rule] of textRules) {
      const next = rule(clean, table);
      if (next.text !== clean.text) cleaned.add(name);
      clean = next;
    }
  }
  return { clean, cleaned: textRules.map(([name]) => name).filter((name) => cleaned.has(name)) };
}

function aside(rule: string, detail: string): CleanTurn {
  return { setAside: { rule, detail } };
}
