/** Tables as CSV (RFC 4180): UTF-8, a line of names, CR LF after each row, empty for unknown, `true` and `false`. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Cell, ExportTable } from "./table.ts";

/** Rows are written as they come. Throws the system's errors. */
export async function writeCsv(table: ExportTable, path: string): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    yield csvLine(table.columns.map(({ name }) => name));
    for await (const row of table.rows) yield csvLine(row);
  }
  await pipeline(Readable.from(lines()), createWriteStream(path));
}

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** Text is quoted where a reader could take it for something else: separators, quotes, line ends, outer blanks, and the empty text. */
function csvCell(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  return cell === "" || /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
