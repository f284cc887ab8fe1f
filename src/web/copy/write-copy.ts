/**
 * `automem ui --export`: the page with all that it would be answered, as files that need no automem behind them. What is asked for one thing is
 * answered by the server's own routes; what is computed from it (lists, comparisons, steps, searches) the page computes with the same functions.
 */
import type { App } from "../../app/app.ts";
import { gatherRun } from "../../app/compare/compare.ts";
import type { CopyAbout } from "../../app/copy/about.ts";
import { privateTexts } from "../../app/copy/private-texts.ts";
import { Pictures } from "../../app/episode/pictures.ts";
import { EpisodeReaders } from "../../app/episode/readers.ts";
import { fillOutputFolder } from "../../app/output-folder.ts";
import { findRun } from "../../app/runs.ts";
import type { RunView } from "../../app/web/run-view.ts";
import { copyFiles } from "../page-files.ts";
import { type Asker, copyAnswer, openAsker } from "./asker.ts";
import type { CampaignRuns } from "./campaign-runs.ts";
import { copyCampaigns, copyTraining, copyWhole } from "./campaigns.ts";
import { type Chosen, choose } from "./chosen.ts";
import { CopyFolder } from "./copy-folder.ts";
import { copyEpisode } from "./episode.ts";
import { copyHtml } from "./index-html.ts";
import { aboutFile, answerFile, comparedFile, runsFile } from "./names.ts";

export interface CopyRequest {
  folder: string;
  /** Runs and campaigns; none: all of the store. */
  references: readonly string[];
  /** Which runs of chosen campaigns come with them; absent: those of their gates. */
  campaignRuns?: CampaignRuns | undefined;
  /** Steps from one picture to the next; absent: no pictures. */
  picturesEvery?: number | undefined;
  signal: AbortSignal;
  /** What will be copied, before it is. */
  onBegin(chosen: Chosen): void;
  onProgress(line: string): void;
}

export interface CopyDone {
  folder: string;
  of: string;
  episodes: number;
  files: number;
  bytes: number;
}

const mostEpisodes = 500;
const marker = "copy.json";
const ownNames = ["index.html", "page.js", "page.css", "icon.svg", "data", marker];

/** Throws `ConfigError` (`output-folder`, and as `choose`), `StoreError`, the signal's reason. */
export async function writeCopy(app: App, request: CopyRequest): Promise<CopyDone> {
  const { references, signal, onProgress } = request;
  const ask = openAsker(app, signal);
  const readers = new EpisodeReaders(app);
  const pictures = new Pictures(app, readers);
  try {
    const chosen = await choose(app, ask, references, request.campaignRuns);
    request.onBegin(chosen);
    const texts = privateTexts(app);
    let written: CopyFolder | undefined;
    let episodes = 0;
    const place = { marker, names: ownNames, what: "a former copy" };
    const folder = await fillOutputFolder(request.folder, place, async (beside) => {
      written = new CopyFolder(beside, texts);
      await writePage(app, written, chosen);
      episodes = await copyRuns({ app, ask, readers, pictures, folder: written, request }, chosen);
      onProgress("campaigns and datasets");
      await copyCampaigns(app, ask, written, chosen);
      await copyTraining(ask, written, chosen, onProgress);
      if (chosen.whole) await copyWhole(ask, written);
    });
    return { folder, of: chosen.of, episodes, files: written?.files ?? 0, bytes: written?.bytes ?? 0 };
  } finally {
    await pictures.close();
    await ask.close();
  }
}

async function writePage(app: App, folder: CopyFolder, { of, whole, runs, leftOut }: Chosen): Promise<void> {
  const made = new Date(app.clock.nowMs()).toISOString();
  const about: CopyAbout = { schema: "automem.copy/1", made, version: app.version, of, whole, leftOut };
  for (const [path, content] of await copyFiles()) await folder.writeFile(path, content);
  await folder.writeFile("index.html", copyHtml);
  await folder.writeFile(marker, `${JSON.stringify(about, undefined, 2)}\n`);
  await folder.write(aboutFile, about);
  await folder.write(runsFile, { lines: folder.texts.inAnswer(runs) });
}

interface Work {
  app: App;
  ask: Asker;
  readers: EpisodeReaders;
  pictures: Pictures;
  folder: CopyFolder;
  request: CopyRequest;
}

/** How many episodes. */
async function copyRuns(work: Work, { runs }: Chosen): Promise<number> {
  const ids = new Set(runs.map(({ id }) => id));
  let episodes = 0;
  for (const [index, { id, problem }] of runs.entries()) {
    const { app, ask, folder } = work;
    // A run that cannot be read is in the list with what is wrong with it, as on the server.
    if (!(await copyRun(ask, folder, id)) || problem !== null) continue;
    const run = await findRun(app, id);
    await folder.write(comparedFile(id), folder.texts.inAnswer(await gatherRun(app, run)));
    const of = `run ${index + 1} of ${runs.length}`;
    for (const { key } of run.episodes) {
      if (await copyOne(work, { id, key, of, ids })) episodes += 1;
    }
  }
  return episodes;
}

/** A run with all of its episodes in one answer. False for one that cannot be read. */
async function copyRun(ask: Asker, folder: CopyFolder, id: string): Promise<boolean> {
  const path = `/runs/${id}`;
  const { status, body } = await ask.answer(`${path}?limit=${mostEpisodes}`);
  const view = body as RunView;
  while (status === 200 && view.episodes.length < view.matching) {
    const more = (await ask.body(`${path}?limit=${mostEpisodes}&offset=${view.episodes.length}`)) as RunView;
    if (more.episodes.length === 0) break;
    view.episodes.push(...more.episodes);
  }
  await folder.write(answerFile(path)!, { status, body: folder.texts.inAnswer(view) });
  return status === 200;
}

/** False for an episode of which nothing was played. */
async function copyOne(
  { ask, readers, pictures, folder, request }: Work,
  { id, key, of, ids }: { id: string; key: string; of: string; ids: ReadonlySet<string> },
): Promise<boolean> {
  const path = `/runs/${id}/episodes/${key}`;
  if ((await copyAnswer(ask, folder, path)).status !== 200) return false;
  const beside = (await ask.body(`${path}/beside`)) as { episodes: { run: string }[]; matching: number };
  const present = beside.episodes.filter(({ run }) => ids.has(run));
  const left = beside.episodes.length - present.length;
  await folder.write(answerFile(`${path}/beside`)!, {
    status: 200,
    body: folder.texts.inAnswer({ episodes: present, matching: beside.matching - left }),
  });
  await copyEpisode(
    folder,
    { run: id, key, reader: await readers.open(`${id}/${key}`) },
    {
      picturesEvery: request.picturesEvery,
      pictures,
      signal: request.signal,
      onSteps: (copied, all) => request.onProgress(`${of}, ${id}/${key}: ${copied} of ${all} steps`),
    },
  );
  return true;
}
