/** What the stages of a campaign share. */
import type { Arena } from "../../campaign/arena.ts";
import type { Gate } from "../../campaign/gate/gate.ts";
import type { Spent } from "../../campaign/spending.ts";
import type { TrainParts } from "./parts.ts";
import type { Players } from "./players.ts";
import type { Progress } from "./progress.ts";

export interface TrainLoop extends TrainParts {
  arena: Arena;
  gate: Gate;
  players: Players;
  progress: Progress;
}

/** What work that plays no episode costs. */
export function costs({ seconds, tokens = 0, money = 0 }: Partial<Spent> & Pick<Spent, "seconds">): Spent {
  return { episodes: 0, tokens, money, seconds };
}

/** Seconds since `startMs` of the same monotonic clock. */
export function secondsSince({ clock }: Pick<TrainParts, "clock">, startMs: number): number {
  return (clock.monotonicMs() - startMs) / 1000;
}
