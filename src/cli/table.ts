/** Plain aligned tables. */

export interface Column {
  title: string;
  align?: "left" | "right";
}

/** Rows under their titles, two spaces between columns; a table of no rows is just its titles. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(Bun.stringWidth(column.title), ...rows.map((row) => Bun.stringWidth(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? "";
        const room = " ".repeat(Math.max(0, (widths[index] ?? 0) - Bun.stringWidth(cell)));
        return column.align === "right" ? room + cell : cell + room;
      })
      .join("  ")
      .trimEnd();
  return [columns.map((column) => column.title), ...rows].map(line).join("\n");
}
