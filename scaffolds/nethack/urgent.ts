/** What must not be missed, said above everything else and again at the end: a prayer that saves, stairs under or beside the player. */
import type { Rung } from "./ladder.ts";

/** `undefined` if the first rung can wait. */
export function urgentText(found: readonly Rung[]): string | undefined {
  const [first] = found;
  if (first?.action === undefined || first.rank > 4 || (first.rank < 4 && first.action !== "pray")) return undefined;
  return `URGENT: ${first.advice} Answer <|ACTION|>${first.action}<|END|>`;
}
