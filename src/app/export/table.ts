/** A table to be exported: named, typed columns and rows that come one by one. */

/** `integer` fits 53 bits; `undefined` is an empty cell. */
export type CellType = "text" | "integer" | "number" | "truth";
export type Cell = string | number | boolean | undefined;

export interface Column<Row> {
  name: string;
  type: CellType;
  value: (row: Row) => Cell;
}

export interface ExportTable {
  columns: readonly { name: string; type: CellType }[];
  /** Cells in the order of the columns. Can be read once. */
  rows: AsyncIterable<Cell[]>;
}

/** Rows of any kind as cells. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: AsyncIterable<Row>): ExportTable {
  async function* cells(): AsyncGenerator<Cell[]> {
    for await (const row of rows) yield columns.map(({ value }) => value(row));
  }
  return { columns, rows: cells() };
}
