/** What a selection has to choose from, counted over all episodes: kinds of turns, and what came of them. For who writes the criteria. */
import { type KindCounts, type TurnKind, turnKinds } from "../../core/training.ts";
import type { EpisodeCandidates } from "../candidates/read-turns.ts";
import type { LookupFit, TurnSummary } from "../candidates/turn.ts";

export interface SelectionOverview {
  /** What the game tells a player, of the first episode. */
  instruction: string;
  tasks: TaskOverview[];
  kinds: Record<TurnKind, KindOverview>;
  /** Lines written, by what became of them. */
  lines: { written: number; redundant: number; found: number; credited: number };
  /** Look-ups that found something, and those that found nothing; of the former, those with a gain after them by what they said of it. */
  lookups: { found: number; empty: number; gained: Record<LookupFit, number> };
  /** Quiet turns of LOG though what they saw was needed later, and those where it was not. */
  quiet: { neededLater: number; notNeeded: number };
}

export interface TaskOverview {
  task: string;
  episodes: number;
  /** Of the progress at the end, shares. */
  meanProgress: number;
  bestProgress: number;
}

export interface KindOverview {
  turns: number;
  /** With an operation that was refused or could not be read. */
  faulty: number;
  /** Mean of the values, in [0, 1]; 0 where there are none. */
  meanValue: number;
}

/** Sums up episode by episode, in any order but for the first one's instruction. */
export class OverviewCount {
  #instruction: string | undefined;
  readonly #tasks = new Map<string, number[]>();
  readonly #turns = counts();
  readonly #faulty = counts();
  readonly #values = counts();
  readonly #lines: SelectionOverview["lines"] = { written: 0, redundant: 0, found: 0, credited: 0 };
  readonly #lookups: SelectionOverview["lookups"] = {
    found: 0,
    empty: 0,
    gained: { named: 0, silent: 0, other: 0 },
  };
  readonly #quiet: SelectionOverview["quiet"] = { neededLater: 0, notNeeded: 0 };

  add({ turns, instruction }: Pick<EpisodeCandidates, "turns" | "instruction">): void {
    this.#instruction ??= instruction;
    const [first] = turns;
    if (first === undefined) return;
    const ends = this.#tasks.get(first.task) ?? [];
    this.#tasks.set(first.task, [...ends, first.consequences.progressAtEnd]);
    for (const turn of turns) this.#addTurn(turn);
  }

  overview(): SelectionOverview {
    const kinds = turnKinds.map((kind) => {
      const turns = this.#turns[kind];
      return [kind, { turns, faulty: this.#faulty[kind], meanValue: turns === 0 ? 0 : this.#values[kind] / turns }];
    });
    return {
      instruction: this.#instruction ?? "",
      tasks: [...this.#tasks].map(([task, ends]) => ({
        task,
        episodes: ends.length,
        meanProgress: ends.reduce((sum, end) => sum + end, 0) / ends.length,
        bestProgress: Math.max(...ends),
      })),
      kinds: Object.fromEntries(kinds),
      lines: { ...this.#lines },
      lookups: { ...this.#lookups, gained: { ...this.#lookups.gained } },
      quiet: { ...this.#quiet },
    };
  }

  #addTurn({ kind, value, operations, consequences }: TurnSummary): void {
    const { lines, lookup, neededAt } = consequences;
    this.#turns[kind] += 1;
    this.#values[kind] += value;
    if (operations.some(({ status }) => status === "refused" || status === "malformed")) this.#faulty[kind] += 1;
    for (const { redundant, finds, credit } of lines) {
      this.#lines.written += 1;
      if (redundant) this.#lines.redundant += 1;
      if (finds > 0) this.#lines.found += 1;
      if (credit !== undefined) this.#lines.credited += 1;
    }
    if (kind === "lookup" && lookup !== undefined) {
      this.#lookups[lookup.found > 0 ? "found" : "empty"] += 1;
      if (lookup.found > 0 && lookup.gain !== undefined) this.#lookups.gained[lookup.fit] += 1;
    }
    if (kind === "nothing") this.#quiet[neededAt === undefined ? "notNeeded" : "neededLater"] += 1;
  }
}

function counts(): KindCounts {
  return Object.fromEntries(turnKinds.map((kind) => [kind, 0])) as KindCounts;
}
