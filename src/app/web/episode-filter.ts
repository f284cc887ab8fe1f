/** Which of a run's episodes fit a filter, in which order, and which of them are shown. Pure: the server and a static copy ask the same. */

export const episodeStates = ["finished", "failed", "under way", "not started"] as const;
export type EpisodeStatus = (typeof episodeStates)[number];
export const episodeSorts = ["planned", "task", "seed", "state", "steps", "score"] as const;

/** `search`: words that must all stand in task, seed or key. `planned`: the order in which they are played. */
export interface EpisodeFilter {
  search: string;
  state?: EpisodeStatus | undefined;
  sort: (typeof episodeSorts)[number];
  order: "up" | "down";
  offset: number;
  limit: number;
}

/** `steps` and `progress` are as far as it was played. */
export interface EpisodeLine {
  key: string;
  task: string;
  seed: number;
  status: EpisodeStatus;
  steps: number;
  progress: number | undefined;
  failure: { message: string } | undefined;
}

export interface EpisodePage {
  episodes: EpisodeLine[];
  /** How many episodes are in each state. */
  counts: Record<EpisodeStatus, number>;
  /** That fit the filter, and in all. */
  matching: number;
  total: number;
}

/** The page of `lines`, which stand as planned. */
export function episodePageOf(lines: readonly EpisodeLine[], filter: EpisodeFilter): EpisodePage {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = sorted(
    lines.filter((line) => fits(line, filter.state, words)),
    filter,
  );
  return {
    episodes: matching.slice(filter.offset, filter.offset + filter.limit),
    counts: countsOf(lines),
    matching: matching.length,
    total: lines.length,
  };
}

function countsOf(lines: readonly EpisodeLine[]): EpisodePage["counts"] {
  const counts = { finished: 0, failed: 0, "under way": 0, "not started": 0 };
  for (const { status } of lines) counts[status] += 1;
  return counts;
}

function fits({ key, task, seed, status }: EpisodeLine, state: EpisodeStatus | undefined, words: string[]): boolean {
  if (state !== undefined && status !== state) return false;
  if (words.length === 0) return true;
  const text = `${task} ${seed} ${key}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const sortKeys: Record<EpisodeFilter["sort"], (line: EpisodeLine) => string | number> = {
  planned: () => 0,
  task: ({ task }) => task,
  seed: ({ seed }) => seed,
  state: ({ status }) => episodeStates.indexOf(status),
  steps: ({ steps }) => steps,
  score: ({ progress }) => progress ?? -1,
};

/** Stable: equal ones stay as planned. */
function sorted(lines: readonly EpisodeLine[], { sort, order }: EpisodeFilter): EpisodeLine[] {
  const key = sortKeys[sort];
  const sign = order === "up" ? 1 : -1;
  return lines.toSorted((one, other) => {
    const [first, second] = [key(one), key(other)];
    return first === second ? 0 : first < second ? -sign : sign;
  });
}
