/**
 * The store: everything automem keeps, in one folder.
 *
 *   version.json     records/ab/HASH.json     blobs/ab/HASH.zst     refs/NAME.json     runs/ID/     campaigns/ID/     index.sqlite (can be deleted)
 *
 * See docs/formats.md, section Store. Ideas: git's object store; verifiers `verifiers/v1/cli/eval/resume.py` (resume by content, not by name).
 */
import { join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import type { JournalEntry } from "../core/journal.ts";
import { BlobStore } from "./blobs.ts";
import { CampaignStore } from "./campaigns.ts";
import { Catalogue } from "./catalogue.ts";
import { EndingTrace } from "./ending-trace.ts";
import { EpisodeReader } from "./episode-reader.ts";
import { type FollowOptions, followEpisode } from "./follow.ts";
import { GrowingTrace } from "./growing-trace.ts";
import { RecordStore } from "./records.ts";
import { RefStore } from "./refs.ts";
import type { RunFolder } from "./run-folder.ts";
import { RunStore } from "./runs.ts";
import { recordedTrace } from "./trace-source.ts";
import { claimStoreFolder } from "./version.ts";

export class Store {
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly records: RecordStore;
  readonly refs: RefStore;
  readonly runs: RunStore;
  readonly campaigns: CampaignStore;
  /** Opens its file on first use. */
  readonly catalogue: Catalogue;

  private constructor(folder: string) {
    this.folder = folder;
    this.blobs = new BlobStore(join(folder, "blobs"));
    this.records = new RecordStore(join(folder, "records"));
    this.refs = new RefStore(join(folder, "refs"));
    this.runs = new RunStore(join(folder, "runs"), this.blobs, this.records);
    this.campaigns = new CampaignStore(join(folder, "campaigns"), this.blobs, this.records);
    this.catalogue = new Catalogue(join(folder, "index.sqlite"), this.runs, this.records);
  }

  /** Opens the store in `folder` (`AUTOMEM_HOME/store`), making it if there is none. Throws `StoreError`: see `claimStoreFolder`. */
  static async open(folder: string): Promise<Store> {
    await claimStoreFolder(folder);
    return new Store(folder);
  }

  /**
   * The store in `folder` as it is: nothing is made, and its version is not looked at. For `checkStore`, which must be able to look at a
   * damaged one.
   */
  static forCheck(folder: string): Store {
    return new Store(folder);
  }

  /**
   * The trace of a run's episode, finished or under way; it may be under way in another process.
   * Throws `ConfigError`: `unknown-run`, `unknown-episode`.
   */
  async readEpisode(runId: string, key: string): Promise<EpisodeReader> {
    const run = await this.runs.open(runId);
    if (!run.episodes.some((episode) => episode.key === key)) {
      const names = run.episodes.slice(0, 5).map((episode) => episode.key);
      throw new ConfigError(
        `Run ${runId} has no episode "${key}". It has ${names.join(", ")}${run.episodes.length > 5 ? ", ..." : ""}.`,
        {
          code: "unknown-episode",
          data: { runId, key },
        },
      );
    }
    const finished = () => this.#readFinished(run.folder, key);
    const reader = await finished();
    if (reader !== undefined) return reader;
    const growing = new GrowingTrace(run.folder.journalFolder(key));
    const trace = new EndingTrace(growing, async () => (await finished())?.source);
    // It may have ended since: the journal goes when the record is there.
    const ended = trace.count() === 0 ? await finished() : undefined;
    return ended ?? new EpisodeReader(trace);
  }

  /** The trace of a finished episode, by the hash of its record. */
  async readRecord(hash: Hash): Promise<EpisodeReader> {
    const record = await this.records.get(hash, "automem.episode/1");
    return new EpisodeReader(recordedTrace(record, this.blobs), record);
  }

  /** Entries of an episode as they come, from its first to its last; see `followEpisode`. */
  async followEpisode(runId: string, key: string, options: FollowOptions): Promise<AsyncGenerator<JournalEntry>> {
    const reader = await this.readEpisode(runId, key);
    return followEpisode(reader, () => this.readEpisode(runId, key), options);
  }

  async #readFinished(folder: RunFolder, key: string): Promise<EpisodeReader | undefined> {
    const hash = (await folder.peekState(key))?.record;
    return hash === undefined ? undefined : this.readRecord(hash);
  }

  /** Closes the index. Nothing else stays open. */
  close(): void {
    this.catalogue.close();
  }
}
