/** What `automem export` writes: the tables of a run as CSV or Parquet, or the run as a log of inspect_ai. */
import { join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import type { OpenRun } from "../../store/runs.ts";
import type { App } from "../app.ts";
import { fillOutput } from "../output-file.ts";
import { type KeptEpisode, keptEpisodes, timesOfEpisodes } from "../run-totals.ts";
import { findRun } from "../runs.ts";
import { writeCsv } from "./csv.ts";
import { type EpisodeRow, episodeColumns } from "./episode-columns.ts";
import { speakerModels } from "./inspect/speaker-models.ts";
import { writeInspectLog } from "./inspect/write-log.ts";
import { writeParquet } from "./parquet.ts";
import { type PlayedStep, stepColumns } from "./step-columns.ts";
import { type ExportTable, tableOf } from "./table.ts";

export const exportFormats = ["csv", "parquet", "inspect"] as const;
export const exportTables = ["episodes", "steps"] as const;
export type ExportTableName = (typeof exportTables)[number];

export interface ExportRequest {
  format: (typeof exportFormats)[number];
  /** Only this table, into the file `out`; without it, both tables into the folder `out`. Not for `inspect`. */
  table?: ExportTableName;
  out: string;
}

export interface Exported {
  run: string;
  /** The files written. */
  files: string[];
  planned: number;
  finished: number;
}

/** Exports a run, named as in `findRun`. Throws `ConfigError`: `export-path`, `export-table`, `output-path`, `unknown-run`. */
export async function exportRun(app: App, named: string, request: ExportRequest): Promise<Exported> {
  const { format, table, out } = request;
  if (format === "inspect") checkInspect(request);
  const run = await findRun(app, named);
  const episodes = await keptEpisodes(app, run);
  const files: string[] = [];
  if (format === "inspect") {
    await fillOutput(out, (beside) => writeInspectLog(app, run, episodes, beside));
    files.push(out);
  } else {
    const write = format === "csv" ? writeCsv : writeParquet;
    for (const name of table ? [table] : exportTables) {
      const path = table ? out : join(out, `${name}.${format}`);
      const content = await (name === "episodes" ? episodeTable(app, run, episodes) : stepTable(app, run, episodes));
      await fillOutput(path, (beside) => write(content, beside));
      files.push(path);
    }
  }
  const finished = episodes.filter(({ record }) => record !== undefined).length;
  return { run: run.folder.id, files, planned: episodes.length, finished };
}

function checkInspect({ table, out }: ExportRequest): void {
  if (table !== undefined)
    throw new ConfigError("--table is for csv and parquet; a log of inspect_ai holds everything.", {
      code: "export-table",
    });
  if (out.endsWith(".eval")) return;
  throw new ConfigError(`inspect_ai reads logs whose names end in .eval; "${out}" does not. Use --out ${out}.eval`, {
    code: "export-path",
  });
}

async function episodeTable(app: App, run: OpenRun, episodes: readonly KeptEpisode[]): Promise<ExportTable> {
  const { manifest } = await (await app.store()).records.get(run.record.scaffold, "automem.scaffold-record/1");
  const { game, model, specialist } = run.record;
  const of = {
    run: run.folder.id,
    game: `${game.name} ${game.version}`,
    model: model.name,
    specialist: specialist && speakerModels(run.record).specialist,
    scaffold: `${manifest.name} ${manifest.version}`,
  };
  async function* rows(): AsyncGenerator<EpisodeRow> {
    for (const [index, times] of (await timesOfEpisodes(app, run, episodes)).entries())
      yield { ...of, episode: episodes[index] as KeptEpisode, times };
  }
  return tableOf(episodeColumns, rows());
}

async function stepTable(app: App, run: OpenRun, episodes: readonly KeptEpisode[]): Promise<ExportTable> {
  const store = await app.store();
  async function* rows(): AsyncGenerator<PlayedStep> {
    for (const episode of episodes) {
      if (episode.status === "not started") continue;
      // A step that was played on after an interruption has its last line.
      const times = new Map((await run.folder.times(episode.key)).map((step) => [step.stepIndex, step]));
      for await (const row of (await store.readEpisode(run.folder.id, episode.key)).rows())
        yield { run: run.folder.id, episode, row, times: times.get(row.stepIndex) };
    }
  }
  return tableOf(stepColumns, rows());
}
