/** What `automem compare` compares: scores, paired differences, memory figures and cost of runs of one game. */
import { ConfigError } from "../../core/errors.ts";
import { type Comparison, compareRuns } from "../../metrics/comparison.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { App } from "../app.ts";
import { type KeptEpisode, keptEpisodes, type RunTotals, runTotals } from "../run-totals.ts";
import { findRun } from "../runs.ts";
import { type DifferingSetting, differingSettings } from "./differing-settings.ts";
import { modelsText } from "./models-text.ts";

export type { RunDifference, RunScore, Score } from "../../metrics/comparison.ts";
export type { PairedDifference } from "../../metrics/paired.ts";

export interface RunDetails extends RunTotals {
  /** As in `runs` and `differences`: the run's id. */
  name: string;
  created: string;
  game: string;
  model: string;
  /** Name and version. */
  scaffold: string;
  planned: number;
  finished: number;
  failed: number;
  /** Finished episodes whose figures cannot be read; they are in the score, not in the figures. */
  withoutFigures: number;
}

export interface RunComparison extends Comparison {
  /** One for each run, in order. */
  details: RunDetails[];
  /** In what the runs' settings and identities differ. */
  settings: DifferingSetting[];
}

/** Compares runs, named as in `findRun`, with the first. Throws `ConfigError`: `one-run`, `same-run`, `different-games`, `unknown-run`. */
export async function compareNamed(app: App, named: readonly string[]): Promise<RunComparison> {
  if (named.length < 2)
    throw new ConfigError("Name two runs or more to compare; automem list shows them.", { code: "one-run" });
  const runs: OpenRun[] = [];
  for (const name of named) runs.push(await findRun(app, name));
  refuseNonsense(runs);
  const kept: KeptEpisode[][] = [];
  const details: RunDetails[] = [];
  for (const run of runs) {
    const episodes = await keptEpisodes(app, run);
    kept.push(episodes);
    details.push(await detailsOf(app, run, episodes));
  }
  const comparison = compareRuns(
    runs.map(({ folder }, index) => ({
      name: folder.id,
      episodes: (kept[index] ?? []).map(({ task, seed, record }) => ({ task, seed, progress: record?.end.progress })),
    })),
  );
  const settings = differingSettings(runs.map(({ record }, index) => ({ record, scaffold: details[index]?.scaffold })));
  return {
    ...comparison,
    warnings: [...comparison.warnings, ...playWarnings(settings), ...figureWarnings(details)],
    details,
    settings,
  };
}

function refuseNonsense(runs: readonly OpenRun[]): void {
  const ids = runs.map(({ folder }) => folder.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new ConfigError(`Run ${twice} is named twice. Name each run once.`, { code: "same-run" });
  const games = new Map(runs.map(({ folder, record }) => [record.game.name, folder.id]));
  if (games.size === 1) return;
  const said = [...games].map(([game, id]) => `${id} plays ${game}`).join(", ");
  throw new ConfigError(`Only runs of one game can be compared: ${said}.`, { code: "different-games" });
}

async function detailsOf(app: App, run: OpenRun, episodes: readonly KeptEpisode[]): Promise<RunDetails> {
  const { manifest } = await (await app.store()).records.get(run.record.scaffold, "automem.scaffold-record/1");
  const finished = episodes.filter(({ record }) => record !== undefined);
  return {
    name: run.folder.id,
    created: run.file.created,
    game: `${run.record.game.name} ${run.record.game.version}`,
    model: modelsText(run.record),
    scaffold: `${manifest.name} ${manifest.version}`,
    planned: episodes.length,
    finished: finished.length,
    failed: episodes.filter(({ status }) => status === "failed").length,
    withoutFigures: finished.filter(({ figures }) => figures === undefined).length,
    ...(await runTotals(app, run, episodes)),
  };
}

/** Differences that make the two play another game. */
function playWarnings(settings: readonly DifferingSetting[]): string[] {
  const decisive = settings.filter(({ name }) => /^(game|gameOptions|maxSteps)\b/.test(name)).map(({ name }) => name);
  if (decisive.length === 0) return [];
  return [
    `The runs do not play the same game: ${decisive.join(", ")} differ. A difference in score may come from that.`,
  ];
}

function figureWarnings(details: readonly RunDetails[]): string[] {
  return details.flatMap(({ name, withoutFigures, finished, times }) => [
    ...(withoutFigures > 0
      ? [`${name}: ${withoutFigures} of ${finished} episodes have figures that cannot be read.`]
      : []),
    ...(finished > 0 && times.steps === 0 ? [`${name}: no times were kept, so its seconds are unknown.`] : []),
  ]);
}
