/** The addresses of lists, as the page and the server write them alike: which parts of a query the server knows, and in which order they stand. Pure. */

export type Query = Record<string, string>;

/** Of the runs; what each means is said in api/run-queries.ts. */
export const runQueryParts = [
  "search",
  "game",
  "model",
  "scaffold",
  "specialist",
  "state",
  "sort",
  "order",
  "offset",
  "limit",
] as const;

/** Of a run's episodes. */
export const episodeQueryParts = ["search", "state", "sort", "order", "offset", "limit"] as const;

/** The parts of a query that are `known` and not empty. */
export function onlyKnown(query: Query, known: readonly string[]): Query {
  return Object.fromEntries(known.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}

/** The same as text, with a question mark before it; empty for nothing. */
export function queryText(query: Query, known: readonly string[]): string {
  const text = new URLSearchParams(onlyKnown(query, known)).toString();
  return text === "" ? "" : `?${text}`;
}
