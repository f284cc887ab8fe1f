/**
 * What a copy answers to the page's requests: from its files, or computed from them by the functions that the server has. Runs in the browser.
 */
import * as v from "valibot";
import type { GatheredRun } from "../../app/compare/gathered.ts";
import { refuseNonsense } from "../../app/compare/gathered.ts";
import { DescribedPackage, scaffoldDifference } from "../../app/scaffold-difference.ts";
import { type Side, sideBySide } from "../../app/side/side-page.ts";
import { comparePageOf } from "../../app/web/compare-page.ts";
import { type DatasetTurn, filteredTurns } from "../../app/web/dataset-turns.ts";
import { episodePageOf } from "../../app/web/episode-filter.ts";
import { pageOf, type RunLine } from "../../app/web/run-filter.ts";
import type { RunView } from "../../app/web/run-view.ts";
import { AutomemError, ConfigError } from "../../core/errors.ts";
import { CompareQuery, EpisodeQuery, RunQuery } from "../api/run-queries.ts";
import { SideQuery } from "../api/side-queries.ts";
import { TurnQuery } from "../api/training-queries.ts";
import { CopiedEpisodes, type Query, type ReadData } from "./copied-episodes.ts";
import { answerFile, comparedFile, itemsFile, itemsPerFile, runsFile, scaffoldFile, turnsFile } from "./names.ts";

type Route = (parts: readonly string[], query: Query) => Promise<unknown>;

const Kept = v.object({ status: v.number(), body: v.unknown() });
const Items = v.object({ answers: v.array(Kept) });
const Fault = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

/** Stands in for the server: as `fetch`, for addresses below `/api`. Errors are answers, as those of the server. */
export function copyAnswers(read: ReadData): (address: string) => Promise<Response> {
  const routes = routesOf(read);
  return async (address) => {
    const { pathname, searchParams } = new URL(address, "http://copy.invalid");
    const path = pathname.replace(/^\/api\//, "").replace(/\/$/, "");
    try {
      const parts = path.split("/").map(decodeURIComponent);
      return answer(200, await answerTo(routes, read, parts, Object.fromEntries(searchParams)));
    } catch (fault) {
      const { status, code, message } = describe(fault);
      const told = code === "not-in-copy" ? (howToHave(path) ?? message) : message;
      return answer(status, { error: { code, message: told } });
    }
  };
}

/** By path below `/api`; a star is a part that is handed on. All other paths are files called after them. */
function routesOf(read: ReadData): [path: string, route: Route][] {
  const episodes = new CopiedEpisodes(read);
  return [
    ["runs", (_, query) => runs(read, query)],
    ["runs/*", ([run], query) => oneRun(read, run!, query)],
    ["runs/*/episodes/*/timeline", ([run, key], query) => episodes.timeline(run!, key!, query)],
    ["runs/*/episodes/*/steps/*", ([run, key, step]) => episodes.step(run!, key!, step!)],
    ["runs/*/episodes/*/search", ([run, key], query) => episodes.search(run!, key!, query)],
    ["runs/*/episodes/*/line", ([run, key], query) => episodes.history(run!, key!, query)],
    ["compare", (_, query) => compare(read, query)],
    ["side", (_, query) => side(read, query)],
    ["side/differences", (_, query) => episodes.differences(query)],
    ["side/memory", (_, query) => episodes.sideMemory(query)],
    ["datasets/*/turns", ([dataset], query) => datasetTurns(read, dataset!, query)],
    ["datasets/*/items/*", ([dataset, item]) => datasetItem(read, dataset!, Number(item))],
    ["campaigns/*/scaffolds", ([campaign], { from = "", to = "" }) => between(read, campaign!, from, to)],
  ];
}

/** Of a run or a campaign that was not copied. */
function howToHave(path: string): string | undefined {
  const [, what, id] = /^(run|campaign)s\/([A-Za-z0-9][A-Za-z0-9._-]*)(\/|$)/.exec(path) ?? [];
  if (id === undefined) return undefined;
  return `There is nothing of this in the copy. Where ${what} ${id} was made, this copies it too: automem ui --export FOLDER ${id}`;
}

function answerTo(
  routes: ReturnType<typeof routesOf>,
  read: ReadData,
  parts: readonly string[],
  query: Query,
): Promise<unknown> {
  for (const [pattern, route] of routes) {
    const wanted = pattern.split("/");
    if (wanted.length !== parts.length || !wanted.every((part, index) => part === "*" || part === parts[index]))
      continue;
    const handed = parts.filter((_, index) => wanted[index] === "*");
    return route(handed, query);
  }
  return kept(read, answerFile(parts.join("/")));
}

/** What the server answered when the copy was made; an error is thrown again. */
async function kept(read: ReadData, name: string | undefined): Promise<unknown> {
  if (name === undefined) throw new ConfigError("This is not in the copy.", { code: "not-in-copy" });
  return opened(v.parse(Kept, await read(name)));
}

function opened({ status, body }: v.InferOutput<typeof Kept>): unknown {
  if (status === 200) return body;
  const { error } = v.parse(Fault, body);
  throw new ConfigError(error.message, { code: error.code });
}

async function runs(read: ReadData, query: Query): Promise<unknown> {
  const filter = v.parse(RunQuery, query);
  const { lines } = (await read(runsFile)) as { lines: RunLine[] };
  return pageOf(lines, filter);
}

/** The file has all episodes. */
async function oneRun(read: ReadData, run: string, query: Query): Promise<unknown> {
  const filter = v.parse(EpisodeQuery, query);
  const view = (await kept(read, answerFile(`runs/${run}`))) as RunView;
  return { ...view, ...episodePageOf(view.episodes, filter) };
}

async function compare(read: ReadData, query: Query): Promise<unknown> {
  const names = v.parse(CompareQuery, query).runs.split(",");
  if (names.length < 2) refuseNonsense([]);
  const gathered = await Promise.all(names.map((name) => read(comparedFile(name))));
  return comparePageOf(gathered as GatheredRun[]);
}

async function side(read: ReadData, query: Query): Promise<unknown> {
  const { left, right } = v.parse(SideQuery, query);
  return sideBySide(await readSide(read, left), await readSide(read, right));
}

async function readSide(read: ReadData, named: string): Promise<Side> {
  const [run = "", key = ""] = named.split("/");
  const of = (await kept(read, answerFile(`runs/${run}`))) as Side["run"];
  return { run: of, episode: (await kept(read, answerFile(`runs/${run}/episodes/${key}`))) as Side["episode"] };
}

async function between(read: ReadData, campaign: string, from: string, to: string): Promise<unknown> {
  const described = async (key: string) => {
    if (!/^[a-z0-9]+$/.test(key)) throw new ConfigError("This is not in the copy.", { code: "not-in-copy" });
    return v.parse(DescribedPackage, await read(scaffoldFile(campaign, key)));
  };
  return scaffoldDifference(await described(from), await described(to));
}

async function datasetTurns(read: ReadData, dataset: string, query: Query): Promise<unknown> {
  const filter = v.parse(TurnQuery, query);
  const { turns } = (await read(turnsFile(dataset, filter.show))) as { turns: DatasetTurn[] };
  return filteredTurns(turns, filter);
}

async function datasetItem(read: ReadData, dataset: string, item: number): Promise<unknown> {
  const { answers } = v.parse(Items, await read(itemsFile(dataset, item)));
  const found = answers[item % itemsPerFile];
  if (found !== undefined) return opened(found);
  throw new ConfigError(`The dataset has no item ${item}.`, { code: "no-such-item" });
}

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status });
}

/** As the server's own answers to faults. */
function describe(fault: unknown): { status: number; code: string; message: string } {
  if (fault instanceof AutomemError) return { status: 404, code: fault.code, message: fault.message };
  if (fault instanceof v.ValiError) return { status: 400, code: "bad-request", message: fault.message };
  return { status: 500, code: "bug", message: fault instanceof Error ? fault.message : String(fault) };
}
