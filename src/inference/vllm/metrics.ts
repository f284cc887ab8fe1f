/** vLLM's prefix cache counters out of its `/metrics` page (Prometheus text). Pure. */
import type { CacheTotals } from "../../core/chat-model.ts";

const QUERIED = "vllm:prefix_cache_queries";
const FOUND = "vllm:prefix_cache_hits";

/** Tokens looked up and found since the server started, all its engines together; `undefined` where the page has no such counters. */
export function readCacheTotals(page: string): CacheTotals | undefined {
  const queriedTokens = sumOf(page, QUERIED);
  const foundTokens = sumOf(page, FOUND);
  return queriedTokens === undefined || foundTokens === undefined ? undefined : { queriedTokens, foundTokens };
}

/** Sum over all label sets; the name with or without the ending `_total`. */
function sumOf(page: string, name: string): number | undefined {
  let sum: number | undefined;
  for (const line of page.split("\n")) {
    const [, metric, value] = /^([a-z_:]+)(?:\{[^}]*\})?\s+(\S+)/.exec(line) ?? [];
    if (metric !== name && metric !== `${name}_total`) continue;
    const number = Number(value);
    if (Number.isFinite(number)) sum = (sum ?? 0) + number;
  }
  return sum;
}
