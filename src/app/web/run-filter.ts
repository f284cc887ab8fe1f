/** Which of some runs fit a filter, in which order, and which of them are shown. Pure: the server and a static copy ask the same. */
import type { RunRow } from "../runs.ts";

export type RunState = "finished" | "under way" | "stopped" | "unreadable";

export const runSorts = [
  "created",
  "game",
  "model",
  "scaffold",
  "score",
  "episodes",
  "steps",
  "calls",
  "tokens",
  "seconds",
  "money",
] as const;
export type RunSort = (typeof runSorts)[number];

/** What to show. `search`: words that must all stand in id, game, model or scaffold. */
export interface RunFilter {
  search: string;
  game?: string | undefined;
  model?: string | undefined;
  scaffold?: string | undefined;
  /** Name of the adapter that the specialist was. */
  specialist?: string | undefined;
  state?: RunState | undefined;
  sort: RunSort;
  order: "up" | "down";
  offset: number;
  limit: number;
}

export interface RunLine extends Line {
  /** Scores of the finished episodes by task and seed, each a share in [0, 1]. */
  scores: number[];
  /** Interval of the mean (`intervalMethod` of src/metrics/progression.ts); null below two episodes. */
  range: [low: number, high: number] | null;
}

export interface RunPage {
  runs: RunLine[];
  /** That fit the filter, and in all. */
  matching: number;
  total: number;
  /** Values to filter by, sorted. */
  games: string[];
  models: string[];
  scaffolds: string[];
  /** What people call those that are hashes. */
  scaffoldNames: Record<string, string>;
}

/** A run's line before its scores are known. */
export interface Line extends RunRow {
  state: RunState;
  /** What people call its scaffold, where the run knows it by its hash. */
  scaffoldName?: string | undefined;
}

/** The page of `all`, which stand newest first. */
export function pageOf<Shown extends Line>(
  all: readonly Shown[],
  filter: RunFilter,
): Omit<RunPage, "runs"> & { runs: Shown[] } {
  const matching = sorted(
    all.filter((line) => fits(line, filter)),
    filter,
  );
  return {
    runs: matching.slice(filter.offset, filter.offset + filter.limit),
    matching: matching.length,
    total: all.length,
    games: values(all, "game"),
    models: values(all, "model"),
    scaffolds: values(all, "scaffold"),
    scaffoldNames: Object.fromEntries(
      all.flatMap(({ scaffold, scaffoldName }) => (scaffoldName === undefined ? [] : [[scaffold, scaffoldName]])),
    ),
  };
}

function fits(line: Line, { search, game, model, scaffold, specialist, state }: RunFilter): boolean {
  if (game !== undefined && line.game !== game) return false;
  if (model !== undefined && line.model !== model) return false;
  if (scaffold !== undefined && line.scaffold !== scaffold) return false;
  if (specialist !== undefined && line.specialist !== specialist) return false;
  if (state !== undefined && line.state !== state) return false;
  const text = `${line.id} ${line.game} ${line.model} ${line.scaffold} ${line.scaffoldName ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Runs of which a number is not known stand below all others. */
const sortKeys: Record<RunSort, (line: Line) => string | number> = {
  created: ({ created }) => created,
  game: ({ game }) => game,
  model: ({ model }) => model,
  scaffold: ({ scaffold, scaffoldName = scaffold }) => scaffoldName,
  score: ({ meanProgress }) => meanProgress ?? -1,
  episodes: ({ planned }) => planned,
  steps: ({ steps }) => steps,
  calls: ({ calls }) => calls ?? -1,
  tokens: ({ promptTokens, generatedTokens }) =>
    promptTokens === null && generatedTokens === null ? -1 : (promptTokens ?? 0) + (generatedTokens ?? 0),
  seconds: ({ seconds }) => seconds ?? -1,
  money: ({ money }) => money ?? -1,
};

/** Stable: equal ones stay newest first. */
function sorted<Shown extends Line>(lines: readonly Shown[], { sort, order }: RunFilter): Shown[] {
  const key = sortKeys[sort];
  const sign = order === "up" ? 1 : -1;
  return lines.toSorted((one, other) => {
    const [first, second] = [key(one), key(other)];
    return first === second ? 0 : first < second ? -sign : sign;
  });
}

function values(rows: readonly RunRow[], field: "game" | "model" | "scaffold"): string[] {
  return [...new Set(rows.map((row) => row[field]))].filter((value) => value !== "").sort();
}
