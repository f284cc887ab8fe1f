/** What `automem compare` compares: scores, paired differences, memory figures and cost of runs of one game. */
import { ConfigError } from "../../core/errors.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { App } from "../app.ts";
import { type KeptEpisode, keptEpisodes, runTotals } from "../run-totals.ts";
import { findRun } from "../runs.ts";
import { scaffoldName } from "../scaffold-names.ts";
import { compareGathered, type GatheredRun, type RunComparison, type RunDetails, refuseNonsense } from "./gathered.ts";
import { modelsText } from "./models-text.ts";

export type { RunDifference, RunScore, Score } from "../../metrics/comparison.ts";
export type { PairedDifference } from "../../metrics/paired.ts";
export type { RunComparison, RunDetails } from "./gathered.ts";

/** Compares runs, named as in `findRun`, with the first. Throws `ConfigError`: `one-run`, `same-run`, `different-games`, `unknown-run`. */
export async function compareNamed(app: App, named: readonly string[]): Promise<RunComparison> {
  return compareGathered(await gatherRuns(app, named));
}

/** What a comparison needs of runs named as in `findRun`. Throws as `compareNamed`. */
export async function gatherRuns(app: App, named: readonly string[]): Promise<GatheredRun[]> {
  if (named.length < 2)
    throw new ConfigError("Name two runs or more to compare; automem list shows them.", { code: "one-run" });
  const runs: OpenRun[] = [];
  for (const name of named) runs.push(await findRun(app, name));
  // Before all their episodes are read.
  refuseNonsense(runs.map(({ folder, record }) => ({ id: folder.id, record })));
  const gathered: GatheredRun[] = [];
  for (const run of runs) gathered.push(await gatherRun(app, run));
  return gathered;
}

export async function gatherRun(app: App, run: OpenRun): Promise<GatheredRun> {
  const episodes = await keptEpisodes(app, run);
  return {
    id: run.folder.id,
    record: run.record,
    details: await detailsOf(app, run, episodes),
    episodes: episodes.map(({ key, task, seed, record }) => ({ key, task, seed, progress: record?.end.progress })),
  };
}

async function detailsOf(app: App, run: OpenRun, episodes: readonly KeptEpisode[]): Promise<RunDetails> {
  const finished = episodes.filter(({ record }) => record !== undefined);
  return {
    name: run.folder.id,
    created: run.file.created,
    game: `${run.record.game.name} ${run.record.game.version}`,
    model: modelsText(run.record),
    scaffold: await scaffoldName(app, run.record.scaffold),
    planned: episodes.length,
    finished: finished.length,
    failed: episodes.filter(({ status }) => status === "failed").length,
    withoutFigures: finished.filter(({ figures }) => figures === undefined).length,
    ...(await runTotals(app, run, episodes)),
  };
}
