/** The head of an inspect_ai log (`EvalLog` without samples, version 2): what was run, the score, how many episodes are missing. Pure. */
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RunRecord } from "../../../core/records.ts";
import { progression } from "../../../metrics/progression.ts";
import type { KeptEpisode, RunTotals } from "../../run-totals.ts";
import { speakerModels, usageByModel } from "./speaker-models.ts";

export interface HeaderSource {
  id: string;
  /** ISO 8601, UTC. */
  created: string;
  run: RunRecord;
  /** Name and version. */
  scaffold: string;
  episodes: readonly KeptEpisode[];
  totals: RunTotals;
  automemVersion: string;
}

/** `success` only if every episode is finished; else an error that says how many are missing. */
export function inspectHeader(source: HeaderSource): JsonObject {
  const { created, run, episodes, totals } = source;
  const finished = episodes.filter(({ record }) => record !== undefined);
  const missing = episodes.length - finished.length;
  const { times, figures } = totals;
  const seconds = times.modelSeconds + times.gameSeconds + times.harnessSeconds;
  const usage = usageByModel(speakerModels(run), figures, figures.speakers);
  const message = `${missing} of ${episodes.length} episodes are missing.`;
  return {
    ...inspectStart(source),
    status: missing === 0 ? "success" : "error",
    results: results(episodes),
    stats: {
      started_at: created,
      completed_at: new Date(Date.parse(created) + seconds * 1000).toISOString(),
      ...(usage && { model_usage: usage }),
    },
    ...(missing > 0 && { error: { message, traceback: "", traceback_ansi: "" } }),
  };
}

/** What is known before the first sample: the log's `_journal/start.json`. */
export function inspectStart(source: HeaderSource): JsonObject {
  const { id, created, run, scaffold, episodes, automemVersion } = source;
  const { sampling } = run.settings;
  return {
    version: 2,
    eval: {
      eval_id: id,
      run_id: id,
      created,
      task: `automem/${run.game.name}`,
      task_id: id,
      task_version: run.game.version,
      task_args: run.settings as unknown as Json,
      dataset: { name: run.game.name, samples: episodes.length, sample_ids: episodes.map(({ key }) => key) },
      model: run.model.name,
      model_generate_config: { temperature: sampling.temperature, max_tokens: sampling.maxTokens },
      config: { epochs: 1 },
      packages: { automem: automemVersion, ...run.game.packages },
      metadata: {
        scaffold,
        scaffold_hash: run.scaffold,
        game: run.game,
        model: run.model,
        ...(run.specialist && { specialist: run.specialist }),
      } as unknown as Json,
      scorers: [{ name: "progression", metrics: [{ name: "mean" }] }],
    },
    plan: { name: "automem", steps: [{ solver: "automem", params: { scaffold } }] },
  };
}

function results(episodes: readonly KeptEpisode[]): JsonObject {
  const score = progression(episodes.map(({ task, record }) => ({ task, progress: record?.end.progress })));
  const metric = (name: string, value: number | undefined, metadata?: JsonObject) =>
    value === undefined ? {} : { [name]: { name, value, ...(metadata && { metadata }) } };
  return {
    total_samples: episodes.length,
    completed_samples: score.count,
    scores: [
      {
        name: "progression",
        scorer: "progression",
        scored_samples: score.count,
        unscored_samples: score.missing,
        metrics: {
          ...metric("mean", score.mean, { interval: score.method, missing: score.missing }),
          ...metric("low", score.low),
          ...metric("high", score.high),
        },
      },
    ],
  };
}
