/** A check in a few words. Pure: the page says it too. */
import type { CheckLine } from "../../core/check-line.ts";

/** "all well", "2 cost something", "1 failed". */
export function checkVerdict({ lines }: { lines: readonly Pick<CheckLine, "status">[] }): string {
  const failed = lines.filter(({ status }) => status === "fail").length;
  const warned = lines.filter(({ status }) => status === "warn").length;
  if (failed > 0) return `${failed} failed`;
  return warned > 0 ? `${warned} ${warned === 1 ? "costs" : "cost"} something` : "all well";
}
