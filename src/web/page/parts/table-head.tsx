/** The head of a table that the server sorts: a click on a column sorts by it, another turns it round. What is chosen stands in the address. */

import type { Query } from "../../list-address.ts";

export interface Column {
  title: string;
  /** Name of the order as the server knows it; absent: it cannot be sorted by. */
  sort: string | undefined;
  number?: boolean;
}

/** `first`: the order where the address says none. */
export interface Sorting {
  query: Query;
  first: { sort: string; order: "up" | "down" };
  onChoose: (changes: Query) => void;
}

/** Cells of a row. */
export function TableHead({ columns, ...sorting }: Sorting & { columns: readonly Column[] }) {
  return columns.map(({ title, sort, number }) => (
    <th key={title} class={number ? "number" : undefined} aria-sort={ariaSort(sorting, sort)}>
      {sort === undefined ? (
        title
      ) : (
        <button type="button" onClick={() => sorting.onChoose(nextSort(sorting, sort))}>
          {title}
          {arrow(sorting, sort)}
        </button>
      )}
    </th>
  ));
}

/** How a table is sorted now. */
function now({ query, first }: Sorting): { sort: string; order: string } {
  const sort = query.sort || first.sort;
  return { sort, order: query.order || (sort === first.sort ? first.order : "down") };
}

function ariaSort(sorting: Sorting, sort: string | undefined): "ascending" | "descending" | undefined {
  const { sort: sorted, order } = now(sorting);
  if (sort !== sorted) return undefined;
  return order === "up" ? "ascending" : "descending";
}

function nextSort(sorting: Sorting, sort: string): Query {
  const { sort: sorted, order } = now(sorting);
  return { sort, order: sort === sorted && order === "down" ? "up" : "down" };
}

function arrow(sorting: Sorting, sort: string): string {
  const { sort: sorted, order } = now(sorting);
  return sort === sorted ? (order === "up" ? " ▲" : " ▼") : "";
}
