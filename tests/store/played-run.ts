/** A run with one episode of more than two segments, played or finished. */
import { join } from "node:path";
import type { JournalEntry } from "../../src/core/journal.ts";
import type { EpisodeReader } from "../../src/store/episode-reader.ts";
import { EpisodeJournal } from "../../src/store/journal.ts";
import { Store } from "../../src/store/store.ts";
import { freshFolder, playedEntries, someFacts, someRun } from "./support.ts";

export const steps = 530;
export const entries = [...playedEntries(steps)];
export const key = "default-s7";

export async function freshRun() {
  const store = await Store.open(join(freshFolder(), "store"));
  const run = await store.runs.create({ id: "toy-1", record: someRun(), createdMs: 0, commandLine: [] });
  return { store, run, journalFolder: run.folder.journalFolder(key) };
}

export async function write(folder: string, some: readonly JournalEntry[]): Promise<void> {
  const journal = await EpisodeJournal.open(folder);
  for (const entry of some) journal.add(entry);
  await journal.close();
}

/** Readers of the same episode: under way (last segment still open), and finished. */
export async function bothReaders(): Promise<Record<string, EpisodeReader>> {
  const live = await freshRun();
  await write(live.journalFolder, entries);
  const done = await freshRun();
  await write(done.journalFolder, entries);
  await done.run.folder.finish(done.run.episodes[0]!, someFacts(steps), 1);
  return { live: await live.store.readEpisode("toy-1", key), done: await done.store.readEpisode("toy-1", key) };
}
