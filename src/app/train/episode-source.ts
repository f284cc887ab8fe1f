/** The finished episodes of runs as training episodes, and the operations of the scaffolds they were played with. */

import { keptScaffold } from "../../campaign/kept-scaffold.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { OperationSpec } from "../../core/scaffold.ts";
import type { Store } from "../../store/store.ts";
import type { EpisodeSource } from "../../train/candidates/read-turns.ts";
import type { TrainingEpisode, TrainingSeeds } from "../../train/candidates/training-seeds.ts";
import type { App } from "../app.ts";
import { keptEpisodes } from "../run-totals.ts";
import { findRun } from "../runs.ts";
import { trainingSeeds } from "./training-seeds.ts";

export interface FoundEpisodes {
  game: string;
  episodes: TrainingEpisode[];
  /** Planned in these runs and not finished; they are not read. */
  unfinished: number;
}

/**
 * The finished episodes of runs, named as in `findRun`, all of one game. Throws `ConfigError`: `sealed-seed` for a run with an episode that is not
 * on a training seed, `wrong-game`, `unknown-run`, `ambiguous-run`.
 */
export async function trainingEpisodes(app: App, runs: readonly string[]): Promise<FoundEpisodes> {
  const episodes: TrainingEpisode[] = [];
  let seeds: TrainingSeeds | undefined;
  let unfinished = 0;
  for (const named of runs) {
    const run = await findRun(app, named);
    seeds ??= await trainingSeeds(run.record.game.name);
    for (const { recordHash, record } of await keptEpisodes(app, run)) {
      if (recordHash === undefined || record === undefined) unfinished += 1;
      else episodes.push(seeds.admit(recordHash, record));
    }
  }
  if (seeds === undefined) throw new ConfigError("Name a run to learn from.", { code: "no-episodes" });
  return { game: seeds.game, episodes, unfinished };
}

/** Each scaffold is opened once, in the sandbox, to ask what operations it adds; no hook of it runs but `instruction`. */
export function episodeSource(store: Store, game: string): EpisodeSource {
  const known = new Map<Hash, Promise<readonly OperationSpec[]>>();
  return {
    store,
    operations: (scaffold, start) => {
      let operations = known.get(scaffold);
      if (operations === undefined) {
        operations = operationsOf(store, game, scaffold, start);
        known.set(scaffold, operations);
      }
      return operations;
    },
  };
}

async function operationsOf(
  store: Store,
  game: string,
  hash: Hash,
  start: Parameters<EpisodeSource["operations"]>[1],
): Promise<readonly OperationSpec[]> {
  const scaffold = await keptScaffold(store, hash);
  const { task, instruction, actions, defaultAction, maxSteps, seed } = start;
  const session = await scaffold.open(
    { game, task, gameInstruction: instruction, actions, defaultAction, maxSteps, callsPerPhase: 1 },
    seed,
  );
  try {
    return session.operations;
  } finally {
    session.dispose();
  }
}
