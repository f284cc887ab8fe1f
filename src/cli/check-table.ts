/** Lines that are ok, a warning or a failure, as a table with what to do below each. */
import { table } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";

export interface CheckTableLine {
  name: string;
  status: "ok" | "warn" | "fail";
  found: string;
  /** What it costs or what to do; empty where all is well. */
  cost: string;
}

/** The table, and a paragraph for each line that is not ok. */
export function checkTable(lines: readonly CheckTableLine[], { color }: Pick<Terminal, "color">): string {
  const paint = { ok: color.green, warn: color.yellow, fail: color.red };
  const rows = lines.map(({ name, status, found }) => [paint[status](status), name, printable(found)]);
  const columns = [{ title: "" }, { title: "what" }, { title: "found" }];
  const notes = lines
    .filter(({ cost }) => cost !== "")
    .map(({ name, status, cost }) => `${paint[status](status)} ${name}: ${printable(cost)}`);
  return [table(columns, rows), ...(notes.length === 0 ? [] : ["", ...notes])].join("\n");
}
