/**
 * A run's folder:
 *
 *   run.json                       pointer to the run's record, when it was made, command line
 *   lock.sqlite, holder.json       who plays it
 *   episodes/KEY.json              where an episode stands; absent: owed, never started
 *   episodes/KEY/                  its journal, until it is finished
 *   times/KEY.jsonl                how long its steps took
 */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Hash } from "../core/hash.ts";
import type { JournalEntry } from "../core/journal.ts";
import type { BlobStore } from "./blobs.ts";
import { isMissing, storeFault } from "./fault.ts";
import { completeFinish, type EpisodeFacts, type FinishPlace, finishEpisode } from "./finish.ts";
import { EpisodeJournal } from "./journal.ts";
import { journalEntries, listParts } from "./journal-parts.ts";
import { JournalRecording } from "./journal-recording.ts";
import type { RecordStore } from "./records.ts";
import { type EpisodeFailure, EpisodeState, RunFile, readRunFile, writeRunFile } from "./run-files.ts";
import { type LockHolder, lockRun, type RunLock, runHolder } from "./run-lock.ts";
import { readTimes, type StepTimes, TimesLog, timesStamp } from "./times.ts";

/** An episode's place in a run. */
export interface EpisodeName {
  key: string;
  task: string;
  seed: number;
}

export class RunFolder {
  readonly id: string;
  readonly folder: string;
  readonly #blobs: BlobStore;
  readonly #records: RecordStore;

  constructor(id: string, folder: string, blobs: BlobStore, records: RecordStore) {
    this.id = id;
    this.folder = folder;
    this.#blobs = blobs;
    this.#records = records;
  }

  /** Throws `StoreError` `run-held`. */
  lock(nowMs: number): Promise<RunLock> {
    return lockRun(this.folder, this.id, nowMs);
  }

  holder(): LockHolder | undefined {
    return runHolder(this.folder);
  }

  /** The run's pointer file; `undefined` if the run was never wholly made. */
  peekFile(): Promise<RunFile | undefined> {
    return readRunFile(join(this.folder, "run.json"), RunFile);
  }

  /** Where the episode stands; tidies up after a crash between record and journal. */
  async state(episode: EpisodeName): Promise<EpisodeState> {
    return (await completeFinish(this.#place(episode.key))) ?? ownState(episode, "owed", 0);
  }

  /** The same, for readers: changes nothing. `undefined` if it was never started. */
  peekState(key: string): Promise<EpisodeState | undefined> {
    return readRunFile(this.#statePath(key), EpisodeState);
  }

  async markStarted(episode: EpisodeName, attempts: number): Promise<void> {
    await writeRunFile(this.#statePath(episode.key), ownState(episode, "owed", attempts));
  }

  async markFailed(episode: EpisodeName, attempts: number, failure: EpisodeFailure): Promise<void> {
    await writeRunFile(this.#statePath(episode.key), { ...ownState(episode, "failed", attempts), failure });
  }

  /** The episode's journal, for the holder of the lock. */
  openJournal(key: string): Promise<EpisodeJournal> {
    return EpisodeJournal.open(this.journalFolder(key));
  }

  /** True if the journal ends with the episode's end, and only `finish` is missing. */
  isJournalComplete(key: string): boolean {
    return JournalRecording.isComplete(listParts(this.journalFolder(key)));
  }

  /** The entries of an episode under way, from its start. */
  journalEntries(key: string): Generator<JournalEntry> {
    return journalEntries(this.journalFolder(key));
  }

  /** Turns the closed, complete journal into a record; returns its hash. */
  finish(episode: EpisodeName, facts: EpisodeFacts, attempts: number): Promise<Hash> {
    return finishEpisode(this.#place(episode.key), facts, attempts);
  }

  async openTimes(key: string): Promise<TimesLog> {
    try {
      await mkdir(join(this.folder, "times"), { recursive: true });
    } catch (cause) {
      throw storeFault(cause, "make the folder of times", this.folder);
    }
    return new TimesLog(this.#timesPath(key));
  }

  times(key: string): Promise<StepTimes[]> {
    return readTimes(this.#timesPath(key));
  }

  /** Changes whenever `times` may. */
  timesStamp(key: string): Promise<string> {
    return timesStamp(this.#timesPath(key));
  }

  /** Keys of the episodes that were started, in order of name. */
  async startedKeys(): Promise<string[]> {
    const folder = this.episodesFolder();
    try {
      const names = await readdir(folder);
      return names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : [])).sort();
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw storeFault(cause, "list a run's episodes", folder);
    }
  }

  episodesFolder(): string {
    return join(this.folder, "episodes");
  }

  journalFolder(key: string): string {
    return join(this.episodesFolder(), key);
  }

  #statePath(key: string): string {
    return join(this.episodesFolder(), `${key}.json`);
  }

  #timesPath(key: string): string {
    return join(this.folder, "times", `${key}.jsonl`);
  }

  #place(key: string): FinishPlace {
    return {
      blobs: this.#blobs,
      records: this.#records,
      journalFolder: this.journalFolder(key),
      statePath: this.#statePath(key),
    };
  }
}

function ownState(episode: EpisodeName, status: EpisodeState["status"], attempts: number): EpisodeState {
  return { schema: "automem.episode-state/1", task: episode.task, seed: episode.seed, status, attempts };
}
