/** Lines that are ok, a warning or a failure, as a table with what to do below each. */
import type { CheckLine } from "../core/check-line.ts";
import { table } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";

/** The table, and a paragraph for each line that is not ok. */
export function checkTable(lines: readonly CheckLine[], { color }: Pick<Terminal, "color">): string {
  const paint = { ok: color.green, warn: color.yellow, fail: color.red };
  const rows = lines.map(({ name, status, found }) => [paint[status](status), name, printable(found)]);
  const columns = [{ title: "" }, { title: "what" }, { title: "found" }];
  const notes = lines
    .filter(({ cost }) => cost !== "")
    .map(({ name, status, cost }) => `${paint[status](status)} ${name}: ${printable(cost)}`);
  return [table(columns, rows), ...(notes.length === 0 ? [] : ["", ...notes])].join("\n");
}
