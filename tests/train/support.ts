/** Recorded episodes in a store of their own, as training data is made of them. */
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import type { EpisodeRecord } from "../../src/core/records.ts";
import type { OperationSpec } from "../../src/core/scaffold.ts";
import type { SeedSet } from "../../src/core/seed-set.ts";
import { episodeKey } from "../../src/store/run-id.ts";
import { Store } from "../../src/store/store.ts";
import type { EpisodeSource } from "../../src/train/candidates/read-turns.ts";
import { type TrainingEpisode, TrainingSeeds } from "../../src/train/candidates/training-seeds.ts";
import type { TurnSummary } from "../../src/train/candidates/turn.ts";
import { freshFolder, someFacts, someRun } from "../store/support.ts";

/** Of the made-up game `toy`, which all recorded episodes here are said to be of. */
export const trainSet: SeedSet = {
  schema: "automem.seeds/1",
  game: "toy",
  name: "train",
  purpose: "train",
  note: "",
  seeds: Array.from({ length: 100 }, (_, index) => 1000 + index),
};

export async function freshStore(): Promise<Store> {
  return Store.open(join(freshFolder(), "store"));
}

let runs = 0;

/** Records an episode; task and seed are those of its start, the seed of which may be changed. */
export async function recordEpisode(
  store: Store,
  entries: Iterable<JournalEntry>,
  seed = 1000,
): Promise<TrainingEpisode> {
  const all = [...entries];
  const [first] = all;
  if (first?.kind !== "episode-start") throw new Error("an episode begins with its start");
  const { task } = first;
  const run = await store.runs.create({
    id: `toy-${runs++}`,
    record: someRun([{ task, seed }]),
    createdMs: 0,
    commandLine: [],
  });
  const key = episodeKey({ task, seed });
  const journal = await run.folder.openJournal(key);
  let end: EpisodeRecord["end"] = someFacts(0).end;
  for (const entry of [{ ...first, seed }, ...all.slice(1)]) {
    if (entry.kind === "episode-end") {
      const { kind, ...rest } = entry;
      end = rest;
      await journal.commit(entry);
    } else journal.add(entry);
  }
  await journal.close();
  const hash = await run.folder.finish({ task, seed, key }, { ...someFacts(end.steps, seed), task, end }, 1);
  return new TrainingSeeds(trainSet, []).admit(hash, await store.records.get(hash, "automem.episode/1"));
}

export function sourceOf(store: Store, specs: readonly OperationSpec[] = []): EpisodeSource {
  return { store, operations: async () => specs };
}

/** `step phase call`, short and readable. */
export function place({ stepIndex, phase, callIndex }: Pick<TurnSummary, "stepIndex" | "phase" | "callIndex">): string {
  return `${stepIndex} ${phase} ${callIndex}`;
}
