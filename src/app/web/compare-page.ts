/** A comparison as a page draws it: the figures of `compare`, and the scores of every episode that was planned, side by side. Pure. */
import { compareGathered, type GatheredRun, type RunComparison } from "../compare/gathered.ts";
import { type FigureLine, figureLines, phaseRows } from "../figure-rows.ts";

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

/** Throws as `compareGathered`. */
export function comparePageOf(runs: readonly GatheredRun[]): ComparePage {
  const comparison = compareGathered(runs);
  const episodes = new Map<string, ComparedEpisode>();
  for (const [index, run] of runs.entries()) {
    for (const { task, seed, key, progress } of run.episodes) {
      const place = `${task}\u0000${seed}`;
      const empty = () => runs.map(() => null);
      const found = episodes.get(place) ?? { task, seed, scores: empty(), keys: empty() };
      found.scores[index] = progress ?? null;
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
