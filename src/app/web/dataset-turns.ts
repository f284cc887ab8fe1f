/** The turns of a dataset that a page shows: filtered, a part at a time. Pure: runs in the browser too, in a static copy. */

export interface TurnFilter {
  /** What is in the dataset, or what was chosen and set aside. */
  show: "items" | "set-aside";
  kind?: string | undefined;
  rule?: string | undefined;
  split?: string | undefined;
  /** Hash of the episode's record, or the beginning of it. */
  episode?: string | undefined;
  from: number;
  count: number;
}

export interface DatasetTurn {
  /** Number of the item; absent for one that was set aside. */
  item: number | undefined;
  kind: string;
  rule: string;
  /** The selector's reason, or why it was set aside. */
  reason: string;
  task: string;
  seed: number;
  stepIndex: number;
  phase: string;
  value: number | undefined;
  split: string | undefined;
  /** How what is to be learnt begins, on one line; absent for one that was set aside. */
  says: string | undefined;
  /** Lines of the training data. */
  times: number | undefined;
  /** Hash of the episode's record. */
  episode: string;
  /** `RUN/EPISODE`; absent where no run of this store has the episode any more. */
  place: string | undefined;
}

export interface DatasetTurns {
  turns: DatasetTurn[];
  matching: number;
  total: number;
}

/** `all`: those that `filter.show` asks for, in the order of the dataset. */
export function filteredTurns(all: readonly DatasetTurn[], filter: TurnFilter): DatasetTurns {
  const matching = all.filter((turn) => fits(turn, filter));
  return {
    turns: matching.slice(filter.from, filter.from + filter.count),
    matching: matching.length,
    total: all.length,
  };
}

function fits(turn: DatasetTurn, { kind, rule, split, episode }: TurnFilter): boolean {
  if (kind !== undefined && turn.kind !== kind) return false;
  if (rule !== undefined && turn.rule !== rule) return false;
  if (split !== undefined && turn.split !== split) return false;
  return episode === undefined || turn.episode.startsWith(episode);
}
