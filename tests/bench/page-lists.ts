/** The lists of the page at scale: what one asks for, and how long the answer and the painted table take. */
import type { Browser } from "playwright-core";
import { openMeter, paintedAt } from "./page-meter.ts";

export interface ListAddress {
  name: string;
  /** On the page, and what the page asks the API. */
  page: string;
  api: string;
  /** Rows that stand there then. */
  rows: number;
}

/** Of a store that `recordManyRuns` made with so many runs. */
export function listAddresses(runs: number): ListAddress[] {
  const of = (name: string, place: string, query: string, rows: number): ListAddress => ({
    name,
    page: `/runs${place}${query}`,
    api: `/api/runs${place}${query}`,
    rows,
  });
  const most = (rows: number) => Math.min(50, rows);
  return [
    of("the runs", "", "", most(runs)),
    of("the runs, sorted by score", "", "?sort=score&order=up", most(runs)),
    of("the runs, searched", "", "?search=model-0%20bench", most(Math.ceil(runs / 7))),
    of("a run", "/bench-0", "", -1),
    of("a run, sorted by score", "/bench-0", "?sort=score&order=down", -1),
    of("a run, searched", "/bench-0", "?search=s7", -1),
  ];
}

/** The first answer of a server whose store has no index yet: milliseconds until it was there, and of the server's CPU. */
export async function measureFirstAnswer(origin: string, cpuMs: () => number): Promise<Record<string, number[]>> {
  const beforeMs = cpuMs();
  const startMs = performance.now();
  await (await fetch(`${origin}/api/runs`)).text();
  return { "answer ms": [performance.now() - startMs], "server CPU ms": [cpuMs() - beforeMs] };
}

/** Milliseconds: of the API's answer, of the server's CPU for one, and from the navigation until the rows are painted. */
export async function measureList(
  browser: Browser,
  origin: string,
  list: ListAddress,
  rounds: number,
  cpuMs: () => number,
): Promise<Record<string, number[]>> {
  const figures: Record<string, number[]> = { "answer ms": [], "server CPU ms": [], "painted ms": [], kB: [] };
  for (let round = 0; round < rounds; round += 1) {
    const beforeMs = cpuMs();
    const startMs = performance.now();
    await (await fetch(origin + list.api)).text();
    figures["answer ms"]!.push(performance.now() - startMs);
    figures["server CPU ms"]!.push(cpuMs() - beforeMs);
    const meter = await openMeter(browser);
    await meter.page.goto(origin + list.page);
    const enough = list.rows < 0 ? "rows > 0" : `rows === ${list.rows}`;
    const look = `() => ({ rows: document.querySelectorAll("tbody tr").length })`;
    figures["painted ms"]!.push(await paintedAt(meter.page, look, enough));
    figures.kB!.push(meter.bytes / 1000);
    await meter.page.close();
  }
  return figures;
}
