/** What a copy answers to the page's requests: from its files, or computed from them by the functions that the server has. */
import * as v from "valibot";
import type { GatheredRun } from "../../../app/compare/gathered.ts";
import { firstDifferences } from "../../../app/side/first-differences.ts";
import { sideMemory } from "../../../app/side/side-memory.ts";
import { type Side, sideBySide } from "../../../app/side/side-page.ts";
import { comparePageOf } from "../../../app/web/compare-page.ts";
import { episodePageOf } from "../../../app/web/episode-filter.ts";
import { pageOf, type RunLine } from "../../../app/web/run-filter.ts";
import type { RunView } from "../../../app/web/run-view.ts";
import { AutomemError, ConfigError } from "../../../core/errors.ts";
import { CompareQuery, EpisodeQuery, RunQuery } from "../../api/run-queries.ts";
import { DifferencesQuery, differencesPatienceMs, SideMemoryQuery, SideQuery } from "../../api/side-queries.ts";
import { answerFile, betweenFile, comparedFile, itemsFile, itemsPerFile, runsFile } from "../../copy/names.ts";
import { Refused } from "../client.ts";
import { clock } from "./clock.ts";
import { readData } from "./data.ts";
import { history, oneStep, readerOf, search, timeline } from "./episode.ts";

type Query = Record<string, string>;
type Route = (parts: readonly string[], query: Query) => Promise<unknown>;

/** Paths below `/api`; a star is a part that is handed on. All others are files called after their path. */
const routes: [path: string, route: Route][] = [
  ["runs", (_, query) => runs(query)],
  ["runs/*", ([run], query) => oneRun(run!, query)],
  ["compare", (_, query) => compare(query)],
  ["side", (_, query) => side(query)],
  ["side/differences", (_, query) => differences(query)],
  ["side/memory", (_, query) => memory(query)],
  ["runs/*/episodes/*/timeline", ([run, key], query) => timeline(run!, key!, query)],
  ["runs/*/episodes/*/steps/*", ([run, key, step]) => oneStep(run!, key!, step!)],
  ["runs/*/episodes/*/search", ([run, key], query) => search(run!, key!, query)],
  ["runs/*/episodes/*/line", ([run, key], query) => history(run!, key!, query)],
  ["datasets/*/items/*", ([dataset, item]) => datasetItem(dataset!, item!)],
  ["campaigns/*/scaffolds", ([campaign], { from = "", to = "" }) => kept(betweenFile(campaign!, from, to))],
  ["access", async () => ({ mayChange: false })],
];

/** As `fetch`. */
export async function ask(address: string): Promise<Response> {
  const url = new URL(address, "http://copy.invalid");
  const path = url.pathname.replace(/^\/api\//, "").replace(/\/$/, "");
  try {
    return answer(200, await answerTo(path, Object.fromEntries(url.searchParams)));
  } catch (fault) {
    const { status, code, message } = describe(fault);
    return answer(status, { error: { code, message } });
  }
}

function answerTo(path: string, query: Query): Promise<unknown> {
  const parts = path.split("/").map(decodeURIComponent);
  for (const [pattern, route] of routes) {
    const wanted = pattern.split("/");
    if (wanted.length !== parts.length) continue;
    if (wanted.every((part, index) => part === "*" || part === parts[index]))
      return route(
        parts.filter((_, index) => wanted[index] === "*"),
        query,
      );
  }
  return kept(answerFile(path));
}

const Kept = v.object({ status: v.number(), body: v.unknown() });
const Fault = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

/** What the server answered when the copy was made; an error is thrown again. */
async function kept(name: string | undefined): Promise<unknown> {
  if (name === undefined) throw new Refused("not-in-copy", "This is not in the copy.");
  return opened(v.parse(Kept, await readData(name)));
}

function opened({ status, body }: v.InferOutput<typeof Kept>): unknown {
  if (status === 200) return body;
  const { error } = v.parse(Fault, body);
  throw new Refused(error.code, error.message);
}

async function runs(query: Query): Promise<unknown> {
  const filter = v.parse(RunQuery, query);
  const { lines } = (await readData(runsFile)) as { lines: RunLine[] };
  return pageOf(lines, filter);
}

/** The file has all episodes. */
async function oneRun(run: string, query: Query): Promise<unknown> {
  const filter = v.parse(EpisodeQuery, query);
  const view = (await kept(answerFile(`runs/${run}`))) as RunView;
  return { ...view, ...episodePageOf(view.episodes, filter) };
}

async function compare(query: Query): Promise<unknown> {
  const names = v.parse(CompareQuery, query).runs.split(",");
  if (names.length < 2)
    throw new ConfigError("Name two runs or more to compare; automem list shows them.", { code: "one-run" });
  return comparePageOf(
    await Promise.all(names.map(async (name) => (await readData(comparedFile(name))) as GatheredRun)),
  );
}

async function side(query: Query): Promise<unknown> {
  const { left, right } = v.parse(SideQuery, query);
  return sideBySide(await readSide(left), await readSide(right));
}

async function readSide(named: string): Promise<Side> {
  const [run = "", key = ""] = named.split("/");
  const episode = (await kept(answerFile(`runs/${run}/episodes/${key}`))) as Side["episode"];
  return { run: (await kept(answerFile(`runs/${run}`))) as Side["run"], episode };
}

function both({ left, right }: { left: string; right: string }) {
  return Promise.all([left, right].map((named) => readerOf(...(named.split("/") as [string, string]))));
}

async function differences(query: Query): Promise<unknown> {
  const { from, wanted, ...pair } = v.parse(DifferencesQuery, query);
  const [left, right] = await both(pair);
  return firstDifferences(left!, right!, clock, { from, wanted, patienceMs: differencesPatienceMs });
}

async function memory(query: Query): Promise<unknown> {
  const { step, ...pair } = v.parse(SideMemoryQuery, query);
  const [left, right] = await both(pair);
  return { memory: await sideMemory(left!, right!, step) };
}

const Items = v.object({ answers: v.array(Kept) });

async function datasetItem(dataset: string, text: string): Promise<unknown> {
  const item = Number(text);
  const { answers } = v.parse(Items, await readData(itemsFile(dataset, item)));
  const found = answers[item % itemsPerFile];
  if (found === undefined) throw new Refused("no-such-item", `The dataset has no item ${text}.`);
  return opened(found);
}

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

/** As the server's own answers to faults. */
function describe(fault: unknown): { status: number; code: string; message: string } {
  if (fault instanceof Refused || fault instanceof AutomemError)
    return { status: 404, code: fault.code, message: fault.message };
  if (fault instanceof v.ValiError) return { status: 400, code: "bad-request", message: fault.message };
  return { status: 500, code: "bug", message: fault instanceof Error ? fault.message : String(fault) };
}
