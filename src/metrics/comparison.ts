/**
 * Runs side by side: the score of each, and the difference of each to the first on the episodes (task and seed) that both planned.
 * Missing episodes are counted and said; none is left out silently, none counts as zero.
 */
import { points } from "../core/points.ts";
import { bootstrapMean, bootstrapMethod } from "./bootstrap.ts";
import { type Pair, type PairedDifference, pairedDifference } from "./paired.ts";
import { sampleSizeMethod } from "./sample-size.ts";

/** A planned episode. `progress`: final share in [0, 1]; `undefined` while it is missing. */
export interface PlannedEpisode {
  task: string;
  seed: number;
  progress: number | undefined;
}

export interface ComparedRun {
  name: string;
  episodes: readonly PlannedEpisode[];
}

/** Mean progress of the finished episodes with its bootstrap interval. */
export interface Score {
  mean: number | undefined;
  low: number | undefined;
  high: number | undefined;
  /** Episodes in the mean. */
  count: number;
  missing: number;
}

export interface RunScore extends Score {
  name: string;
  /** In the order of the comparison's `tasks`; a task that the run did not plan has no episodes. */
  tasks: (Score & { task: string })[];
}

export interface RunDifference extends PairedDifference {
  baseline: string;
  name: string;
  /** Episodes that only one of the two planned; they are in its score and in no difference. */
  onlyInBaseline: number;
  onlyInOther: number;
  tasks: (PairedDifference & { task: string })[];
}

export interface Comparison {
  intervals: string;
  test: string;
  /** All tasks, in the order they first appear. */
  tasks: string[];
  runs: RunScore[];
  /** Of each run but the first to the first. */
  differences: RunDifference[];
  /** What a reader must know before believing the numbers. */
  warnings: string[];
}

/** Compares with the first run. Names are told apart by the caller. Deterministic. */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const tasks = [...new Set(runs.flatMap((run) => run.episodes.map(({ task }) => task)))];
  const [baseline, ...others] = runs;
  const scores = runs.map((run) => ({
    name: run.name,
    ...score(run.episodes),
    tasks: tasks.map((task) => ({ task, ...score(run.episodes.filter((episode) => episode.task === task)) })),
  }));
  const differences = baseline ? others.map((other) => difference(baseline, other)) : [];
  const warnings = [...missingWarnings(scores), ...differences.flatMap(differenceWarnings)];
  return { intervals: bootstrapMethod, test: sampleSizeMethod, tasks, runs: scores, differences, warnings };
}

function score(episodes: readonly PlannedEpisode[]): Score {
  const values = episodes.flatMap(({ progress }) => (progress === undefined ? [] : [progress]));
  const count = values.length;
  const interval = bootstrapMean(values);
  return {
    mean: count === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / count,
    low: interval?.low,
    high: interval?.high,
    count,
    missing: episodes.length - count,
  };
}

function difference(baseline: ComparedRun, other: ComparedRun): RunDifference {
  const ofBaseline = new Map(baseline.episodes.map((episode) => [keyOf(episode), episode]));
  const shared = other.episodes.flatMap((episode) => {
    const match = ofBaseline.get(keyOf(episode));
    return match ? [{ task: episode.task, baseline: match.progress, other: episode.progress }] : [];
  });
  const byTask = Map.groupBy<string, Pair & { task: string }>(shared, ({ task }) => task);
  return {
    baseline: baseline.name,
    name: other.name,
    ...pairedDifference(shared),
    onlyInBaseline: baseline.episodes.length - shared.length,
    onlyInOther: other.episodes.length - shared.length,
    tasks: [...byTask].map(([task, pairs]) => ({ task, ...pairedDifference(pairs) })),
  };
}

function keyOf({ task, seed }: PlannedEpisode): string {
  return JSON.stringify([task, seed]);
}

function missingWarnings(runs: readonly RunScore[]): string[] {
  if (runs.every(({ missing }) => missing === 0)) return [];
  const said = runs.map(({ name, missing, count }) => `${name}: ${missing} of ${missing + count}`).join("; ");
  const rates = new Set(runs.map(({ missing, count }) => missing / Math.max(1, missing + count)));
  if (rates.size === 1) return [`Episodes are missing (${said}). They are in no mean; play them with automem resume.`];
  return [
    `Episodes are missing, and not equally often (${said}). If the hard ones are missing, the scores and differences are too good: play them first with automem resume.`,
  ];
}

function differenceWarnings(between: RunDifference): string[] {
  const { baseline, name, pairs, planned, onlyInBaseline, onlyInOther, worst, best } = between;
  const names = `${baseline} and ${name}`;
  const warnings: string[] = [];
  if (planned === 0) warnings.push(`${names} share no episode (task and seed): no paired difference can be told.`);
  else if (onlyInBaseline + onlyInOther > 0) {
    warnings.push(
      `${names} share ${planned} episodes; ${onlyInBaseline} are planned only in the first and ${onlyInOther} only in the second, and count in no difference.`,
    );
  }
  if (worst !== undefined && best !== undefined) {
    warnings.push(
      `${names}: ${planned - pairs} of ${planned} pairs lack an episode. Over all pairs the difference could be anything from ${points(worst)} to ${points(best)} points.`,
    );
  }
  if (pairs > 0 && pairs < 10)
    warnings.push(`${names} have only ${pairs} finished pairs: the interval is rough, and likely too narrow.`);
  return warnings;
}
