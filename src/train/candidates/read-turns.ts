/** Reads candidates out of the store: first what happened in each turn, and later the words of those that were chosen. */
import type { ChatMessage } from "../../core/chat-model.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { OperationSpec } from "../../core/scaffold.ts";
import type { TurnId } from "../../core/training.ts";
import { type OperationTable, operationTable } from "../../memory/operation-table.ts";
import type { Store } from "../../store/store.ts";
import { EpisodeTurns } from "./episode-turns.ts";
import type { TrainingEpisode } from "./training-seeds.ts";
import { type EntryOf, type TurnSummary, type TurnTexts, turnId } from "./turn.ts";

/** Where episodes are, and what the scaffold they were played with adds to the operations. */
export interface EpisodeSource {
  store: Store;
  operations(scaffold: Hash, start: EntryOf<"episode-start">): Promise<readonly OperationSpec[]>;
}

export interface EpisodeCandidates {
  turns: TurnSummary[];
  /** What the game tells a player at the start. */
  instruction: string;
  /** What its replies are parsed with. */
  table: OperationTable;
}

/** All turns of an episode, from its trace alone. Throws `StoreError`, `ConfigError` (`sealed-seed`, `empty-episode`). */
export async function readTurns(source: EpisodeSource, episode: TrainingEpisode): Promise<EpisodeCandidates> {
  let turns: EpisodeTurns | undefined;
  let table: OperationTable | undefined;
  let instruction = "";
  for await (const entry of (await source.store.readRecord(episode.record)).entries()) {
    if (entry.kind === "episode-start") {
      checkIs(entry, episode);
      ({ instruction } = entry);
      table = operationTable(await source.operations(entry.scaffold.hash, entry));
      turns = new EpisodeTurns(episode, entry, table);
    } else turns?.add(entry);
  }
  if (turns === undefined || table === undefined) {
    throw new ConfigError(`Nothing of episode ${episode.record} was played.`, { code: "empty-episode" });
  }
  return { turns: turns.finish(), instruction, table };
}

/** The words of some turns, in the order played: what was sent and what was replied, as recorded. */
export async function* readTurnTexts(
  store: Store,
  episode: TrainingEpisode,
  ids: ReadonlySet<TurnId>,
): AsyncGenerator<TurnTexts> {
  let said: ChatMessage[] = [];
  let open: TurnTexts | undefined;
  for await (const entry of (await store.readRecord(episode.record)).entries()) {
    if (entry.kind === "episode-start") checkIs(entry, episode);
    if (entry.kind === "operation" && entry.actor === "model") {
      open?.outcomes.push({ name: (entry.rewrittenFrom ?? entry).name, status: entry.status });
    }
    if (open !== undefined && entry.kind !== "operation") {
      yield open;
      open = undefined;
    }
    if (entry.kind !== "call") continue;
    const messages: ChatMessage[] = entry.fresh ? entry.added : [...said, ...entry.added];
    said = [...messages, { role: "assistant", content: entry.kept ?? entry.reply }];
    const id = turnId(episode.record, entry);
    if (!ids.has(id)) continue;
    const { phase, reply, finishReason } = entry;
    open = { id, phase, messages, reply, cut: finishReason === "length", outcomes: [] };
  }
  if (open !== undefined) yield open;
}

function checkIs(start: EntryOf<"episode-start">, { record, task, seed }: TrainingEpisode): void {
  if (start.task === task && start.seed === seed) return;
  throw new ConfigError(
    `The record ${record} was named as ${task} with seed ${seed}, but it is ${start.task} with seed ${start.seed}: it must not become training data.`,
    { code: "sealed-seed", data: { record, task, seed } },
  );
}
