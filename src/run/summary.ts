/** What came of a run, so far or at its end. */
import type { Progression } from "../metrics/progression.ts";
import { progression } from "../metrics/progression.ts";
import type { EpisodeFailure } from "../store/run-files.ts";
import type { EpisodeName } from "../store/run-folder.ts";
import type { RunTotals } from "./events.ts";

export interface FinishedEpisode extends EpisodeName {
  /** Hash of its record. */
  record: string;
  steps: number;
  /** Share in [0, 1]. */
  progress: number;
}

export interface FailedEpisode extends EpisodeName {
  failure: EpisodeFailure;
}

export interface RunSummary {
  runId: string;
  planned: number;
  finished: FinishedEpisode[];
  /** Failed in this process, or earlier and not tried since; owed as well. */
  failed: FailedEpisode[];
  /** Not finished for no fault of theirs: stopped, or never started. */
  owed: EpisodeName[];
  /** Over all planned episodes, with the missing ones counted. */
  progression: Progression;
  totals: RunTotals;
  /** Why no more episodes were started, if so: `stopped` (asked for), or the failure that all met. */
  halted?: { code: string; message: string };
}

/** Where one planned episode stands at the end. */
export type EpisodeOutcome =
  | { kind: "finished"; record: string; steps: number; progress: number }
  | { kind: "failed"; failure: EpisodeFailure }
  | { kind: "owed" };

export function summarise(
  runId: string,
  episodes: readonly EpisodeName[],
  outcomes: ReadonlyMap<string, EpisodeOutcome>,
  totals: RunTotals,
  halted?: { code: string; message: string },
): RunSummary {
  const finished: FinishedEpisode[] = [];
  const failed: FailedEpisode[] = [];
  const owed: EpisodeName[] = [];
  const scores = episodes.map((episode) => {
    const outcome = outcomes.get(episode.key) ?? { kind: "owed" };
    if (outcome.kind === "finished") {
      const { record, steps, progress } = outcome;
      finished.push({ ...episode, record, steps, progress });
      return { task: episode.task, progress };
    }
    if (outcome.kind === "failed") failed.push({ ...episode, failure: outcome.failure });
    else owed.push(episode);
    return { task: episode.task, progress: undefined };
  });
  const summary = { runId, planned: episodes.length, finished, failed, owed, progression: progression(scores), totals };
  return halted ? { ...summary, halted } : summary;
}
