/** The runs of a store: making, finding, listing. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, StoreError } from "../core/errors.ts";
import type { RunRecord } from "../core/records.ts";
import type { BlobStore } from "./blobs.ts";
import { isMissing, storeFault } from "./fault.ts";
import type { RecordStore } from "./records.ts";
import { RunFile, readRunFile, writeRunFile } from "./run-files.ts";
import { type EpisodeName, RunFolder } from "./run-folder.ts";
import { episodeKey, isRunId } from "./run-id.ts";
import { makeWholeFolder } from "./whole-folder.ts";

/** A run with what it set out to do. */
export interface OpenRun {
  folder: RunFolder;
  file: RunFile;
  record: RunRecord;
  /** Its episodes, in the order planned. */
  episodes: EpisodeName[];
}

export interface NewRun {
  id: string;
  record: RunRecord;
  createdMs: number;
  commandLine: readonly string[];
}

export class RunStore {
  readonly #folder: string;
  readonly #blobs: BlobStore;
  readonly #records: RecordStore;

  constructor(folder: string, blobs: BlobStore, records: RecordStore) {
    this.#folder = folder;
    this.#blobs = blobs;
    this.#records = records;
  }

  /** Writes the run's record and folder. Throws `StoreError` `run-exists`, `ConfigError` `duplicate-episode`. */
  async create(run: NewRun): Promise<OpenRun> {
    const episodes = nameEpisodes(run.record);
    const folder = this.folder(run.id);
    const path = join(folder.folder, "run.json");
    if ((await readRunFile(path, RunFile)) !== undefined) {
      throw new StoreError(`Run ${run.id} exists already.`, { code: "run-exists", data: { runId: run.id } });
    }
    const hash = await this.#records.put<"automem.run/1">(run.record);
    const created = new Date(run.createdMs).toISOString();
    const file: RunFile = { schema: "automem.run-file/1", run: hash, created, commandLine: [...run.commandLine] };
    await makeWholeFolder(folder.folder, "the run's folder", (beside) => writeRunFile(join(beside, "run.json"), file));
    return { folder, file, record: run.record, episodes };
  }

  /** Throws `ConfigError` `unknown-run`, or a `StoreError` if its files are damaged. */
  async open(id: string): Promise<OpenRun> {
    const folder = this.folder(id);
    const file = await readRunFile(join(folder.folder, "run.json"), RunFile);
    if (file === undefined) {
      throw new ConfigError(`There is no run "${id}". \`automem list\` shows them.`, {
        code: "unknown-run",
        data: { runId: id },
      });
    }
    const record = await this.#records.get(file.run, "automem.run/1");
    return { folder, file, record, episodes: nameEpisodes(record) };
  }

  /** Ids of all runs, in order of name. */
  async ids(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter(isRunId).sort();
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw storeFault(cause, "list the runs", this.#folder);
    }
  }

  /** Where a run of that id lies; does not look whether it is there. Throws `ConfigError` `unknown-run` for what cannot be an id. */
  folder(id: string): RunFolder {
    if (!isRunId(id))
      throw new ConfigError(`"${id}" is not a run's name.`, { code: "unknown-run", data: { runId: id } });
    return new RunFolder(id, join(this.#folder, id), this.#blobs, this.#records);
  }
}

function nameEpisodes(record: RunRecord): EpisodeName[] {
  const episodes = record.episodes.map((episode) => ({ ...episode, key: episodeKey(episode) }));
  const keys = new Set<string>();
  for (const { key, task, seed } of episodes) {
    if (keys.has(key)) {
      throw new ConfigError(`Task ${task} with seed ${seed} stands twice in the run. Name each seed once.`, {
        code: "duplicate-episode",
        data: { task, seed },
      });
    }
    keys.add(key);
  }
  return episodes;
}
