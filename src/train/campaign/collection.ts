/** The first stage of a round: the incumbent plays train seeds that no round before it played. Only these episodes become data. */
import type { Player } from "../../campaign/arena.ts";
import { checkConfirmSeeds } from "../../campaign/confirm-seeds.ts";
import type { SeedPlan } from "../../campaign/seed-plan.ts";
import { ConfigError } from "../../core/errors.ts";
import type { RunEvent } from "../../run/events.ts";
import type { TrainSettings } from "../settings.ts";
import type { TrainLoop } from "./loop.ts";
import { type CollectedEpisode, meanProgress } from "./progress.ts";

/** Before a campaign is recorded: that there are seeds for all its rounds, and those its gate may ask for. Throws `ConfigError` `too-few-seeds`. */
export function checkTrainSeeds(
  { collection, rounds, gate }: Pick<TrainSettings, "collection" | "rounds" | "gate">,
  plan: Pick<SeedPlan, "train" | "confirm">,
): void {
  checkConfirmSeeds(gate, plan);
  const needed = collection.seeds * rounds;
  if (needed <= plan.train.length) return;
  const fits = Math.floor(plan.train.length / rounds);
  const fewer = fits === 0 ? "Ask for fewer rounds" : `Play at most ${fits} a round (train.collection.seeds)`;
  throw new ConfigError(
    `${rounds} rounds of ${collection.seeds} train seeds need ${needed}, but there are ${plan.train.length}. ${fewer}, or add seeds to the game's train set.`,
    { code: "too-few-seeds", data: { needed, present: plan.train.length } },
  );
}

/** `round` from 1. */
export function seedsOfRound(train: readonly number[], perRound: number, round: number): number[] {
  return train.slice((round - 1) * perRound, round * perRound);
}

/** Adds the round's episodes to the progress. Throws what `Arena.play` throws. */
export async function collect(loop: TrainLoop, round: number): Promise<void> {
  const { arena, plan, settings, store, trainingSeeds, progress, tell } = loop;
  const key = `r${round}`;
  tell({ kind: "phase-start", phase: "collect", key });
  const onEvent = (event: RunEvent) => tell({ kind: "play", phase: "collect", key, event });
  const seeds = seedsOfRound(plan.train, settings.collection.seeds, round);
  const player = collector(loop);
  const collected: CollectedEpisode[] = [];
  let missing = 0;
  for (let take = 0; take < settings.collection.samples; take++) {
    for (const { record } of await arena.play(player, "train", seeds, onEvent, take)) {
      if (record === undefined) missing += 1;
      else {
        const played = await store.records.get(record, "automem.episode/1");
        collected.push({ round, episode: trainingSeeds.admit(record, played), progress: played.end.progress });
      }
    }
  }
  progress.episodes.push(...collected);
  tell({ kind: "collected", round, episodes: collected.length, missing, meanProgress: meanProgress(collected) });
}

/** The incumbent, with the temperature of collections where one is set. */
function collector({ players, progress, settings }: TrainLoop): Player {
  const player = players.player(progress.incumbent.adapter?.name);
  const { temperature } = settings.collection;
  if (temperature === undefined) return player;
  const sampling = { ...(player.settings?.sampling ?? settings.play.sampling), temperature };
  return { ...player, settings: { ...player.settings, sampling } };
}
