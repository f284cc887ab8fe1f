/** Tables as Parquet, with hyparquet-writer (https://github.com/hyparam/hyparquet-writer). Loaded only when something is exported. */
import type { BasicType, ColumnSource } from "hyparquet-writer";
import type { Cell, CellType, ExportTable } from "./table.ts";

/** Rows held in memory at a time. */
const rowsPerGroup = 50_000;

const types: Record<CellType, BasicType> = { text: "STRING", integer: "INT64", number: "DOUBLE", truth: "BOOLEAN" };

/** One row group for each 50,000 rows; every column may be null. Throws the system's errors. */
export async function writeParquet(table: ExportTable, path: string): Promise<void> {
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const columnsOf = (rows: readonly Cell[][]): ColumnSource[] =>
    table.columns.map(({ name, type }, index) => ({
      name,
      type: types[type],
      nullable: true,
      data: rows.map((row) => parquetCell(row[index], type)),
    }));
  const schema = schemaFromColumnData({ columnData: columnsOf([]) });
  const writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: "automem" });
  let rows: Cell[][] = [];
  const flush = async () => {
    if (rows.length > 0) await writer.write({ columnData: columnsOf(rows), rowGroupSize: rowsPerGroup });
    rows = [];
  };
  for await (const row of table.rows) {
    rows.push(row);
    if (rows.length === rowsPerGroup) await flush();
  }
  await flush();
  await writer.finish();
}

function parquetCell(cell: Cell, type: CellType): string | number | bigint | boolean | null {
  if (cell === undefined) return null;
  return type === "integer" ? BigInt(cell) : cell;
}
