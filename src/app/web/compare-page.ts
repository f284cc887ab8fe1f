/** A comparison as a page draws it: the figures of `compare`, and the scores of every episode that was planned, side by side. */
import type { App } from "../app.ts";
import { compareNamed, type RunComparison } from "../compare/compare.ts";
import { type FigureLine, figureLines, phaseRows } from "../figure-rows.ts";
import { keptEpisodes } from "../run-totals.ts";
import { findRun } from "../runs.ts";

export interface ComparedEpisode {
  task: string;
  seed: number;
  /** Of each run, in order; null where it is missing or was not planned. */
  scores: (number | null)[];
  /** Name within the run; null where it was not planned. */
  keys: (string | null)[];
}

export interface ComparePage extends RunComparison {
  /** By task, then seed. */
  episodes: ComparedEpisode[];
  /** Memory and cost of the finished episodes: a value for each run, as `automem compare` prints them. */
  figures: FigureLine[];
  /** Operations and slips of form by kind, for each run and phase that has some. */
  counts: CountLine[];
}

export interface CountLine {
  run: string;
  /** `LOG` or `PLAN`. */
  phase: string;
  what: "operations" | "format failures";
  /** "APPEND 3, READ 1". */
  text: string;
}

/** Throws as `compareNamed`. */
export async function comparePage(app: App, named: readonly string[]): Promise<ComparePage> {
  const comparison = await compareNamed(app, named);
  const episodes = new Map<string, ComparedEpisode>();
  for (const [index, name] of named.entries()) {
    for (const { task, seed, key, record } of await keptEpisodes(app, await findRun(app, name))) {
      const place = `${task}\u0000${seed}`;
      const empty = () => named.map(() => null);
      const found = episodes.get(place) ?? { task, seed, scores: empty(), keys: empty() };
      found.scores[index] = record?.end.progress ?? null;
      found.keys[index] = key;
      episodes.set(place, found);
    }
  }
  const order = [...episodes.values()].sort((one, other) =>
    one.task === other.task ? one.seed - other.seed : one.task < other.task ? -1 : 1,
  );
  const { details } = comparison;
  return { ...comparison, episodes: order, figures: figureLines(details), counts: details.flatMap(countLines) };
}

function countLines({ name: run, figures }: RunComparison["details"][number]): CountLine[] {
  return [
    ...phaseRows(figures, "operations").map((row) => ({ run, what: "operations" as const, ...row })),
    ...phaseRows(figures, "formatFailures").map((row) => ({ run, what: "format failures" as const, ...row })),
  ];
}
