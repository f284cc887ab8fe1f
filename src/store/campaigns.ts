/**
 * Campaigns: the folders of the outer loops' work.
 *
 *   campaign.json                  pointer to the campaign's record, when it was made, command line
 *   log.jsonl                      what was paid for, by name (campaign-log.ts)
 *   activity.jsonl                 what it was doing, for those who look; can be deleted
 *   lock.sqlite, holder.json       who works on it
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { CampaignRecord } from "../core/campaign.ts";
import { ConfigError, StoreError } from "../core/errors.ts";
import { Hash } from "../core/hash.ts";
import type { TrainCampaignRecord } from "../core/trial.ts";
import type { BlobStore } from "./blobs.ts";
import { CampaignLog, type CampaignLogFile, type CampaignLogView, readCampaignLog } from "./campaign-log.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { isMissing, storeFault, writeStoreFile } from "./fault.ts";
import type { RecordStore } from "./records.ts";
import { isRunId } from "./run-id.ts";
import { type LockHolder, lockRun, type RunLock, runHolder } from "./run-lock.ts";
import { makeWholeFolder } from "./whole-folder.ts";

/** `campaign.json`: written once, when the campaign is made. */
export const CampaignFile = v.strictObject({
  schema: v.literal("automem.campaign-file/1"),
  campaign: Hash,
  /** ISO 8601, UTC. */
  created: v.string(),
  commandLine: v.array(v.string()),
});
export type CampaignFile = v.InferOutput<typeof CampaignFile>;

/** Of either loop: `record.loop` says which. */
export type AnyCampaignRecord = CampaignRecord | TrainCampaignRecord;

export interface OpenCampaign<Campaign extends AnyCampaignRecord = AnyCampaignRecord> {
  id: string;
  folder: string;
  file: CampaignFile;
  record: Campaign;
}

export interface NewCampaign<Campaign extends AnyCampaignRecord = AnyCampaignRecord> {
  id: string;
  record: Campaign;
  createdMs: number;
  commandLine: readonly string[];
}

export class CampaignStore {
  readonly #folder: string;
  readonly #blobs: BlobStore;
  readonly #records: RecordStore;

  constructor(folder: string, blobs: BlobStore, records: RecordStore) {
    this.#folder = folder;
    this.#blobs = blobs;
    this.#records = records;
  }

  /** Writes the campaign's record and folder; the folder appears with its file, or not at all. Throws `StoreError` `campaign-exists`. */
  async create<Campaign extends AnyCampaignRecord>({
    id,
    record,
    createdMs,
    commandLine,
  }: NewCampaign<Campaign>): Promise<OpenCampaign<Campaign>> {
    const folder = this.#path(id);
    if ((await this.peekFile(id)) !== undefined)
      throw new StoreError(`Campaign ${id} exists already.`, { code: "campaign-exists", data: { id } });
    const hash = await this.#records.put(record);
    const created = new Date(createdMs).toISOString();
    const file: CampaignFile = {
      schema: "automem.campaign-file/1",
      campaign: hash,
      created,
      commandLine: [...commandLine],
    };
    await makeWholeFolder(folder, "the campaign's folder", (beside) =>
      writeStoreFile(join(beside, "campaign.json"), formatChecked(file, 1), "write a campaign's file"),
    );
    return { id, folder, file, record };
  }

  /** Throws `ConfigError` `unknown-campaign`, or a `StoreError` if its files are damaged. */
  async open(id: string): Promise<OpenCampaign> {
    const file = await this.peekFile(id);
    if (file === undefined) {
      throw new ConfigError(`There is no campaign "${id}". \`automem list\` shows them.`, {
        code: "unknown-campaign",
        data: { id },
      });
    }
    const record = await this.#records.get(file.campaign, "automem.campaign/1", "automem.train-campaign/1");
    return { id, folder: this.#path(id), file, record };
  }

  /** `undefined` if there is no such campaign. Throws `StoreError` `corrupt-campaign-file`. */
  async peekFile(id: string): Promise<CampaignFile | undefined> {
    const path = join(this.#path(id), "campaign.json");
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw storeFault(cause, "read a campaign's file", path);
    }
    const read = parseChecked(text, CampaignFile, 1);
    if ("value" in read) return read.value;
    throw new StoreError(`${path} cannot be read: ${read.problem}. Restore it from a backup.`, {
      code: "corrupt-campaign-file",
      data: { path },
    });
  }

  /** Ids of all campaigns, in order of name. */
  async ids(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter(isRunId).sort();
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw storeFault(cause, "list the campaigns", this.#folder);
    }
  }

  /** Throws `StoreError` `run-held` with the holder in `data.holder`. */
  lock(id: string, nowMs: number): Promise<RunLock> {
    return lockRun(this.#path(id), id, nowMs);
  }

  holder(id: string): LockHolder | undefined {
    return runHolder(this.#path(id));
  }

  /** For the holder of the lock. */
  openLog(id: string): Promise<CampaignLog> {
    return CampaignLog.open(this.logPath(id), this.#blobs);
  }

  /** For readers: what each name has come to. */
  viewLog(id: string): Promise<CampaignLogView> {
    return CampaignLog.view(this.logPath(id), this.#blobs);
  }

  /** For readers: its lines as they are. */
  readLog(id: string): Promise<CampaignLogFile> {
    return readCampaignLog(this.logPath(id));
  }

  /** Another text whenever something was added to the log. */
  async logState(id: string): Promise<string> {
    const found = await stat(this.logPath(id)).catch(() => undefined);
    return `${found?.size} ${found?.mtimeMs}`;
  }

  logPath(id: string): string {
    return join(this.#path(id), "log.jsonl");
  }

  activityPath(id: string): string {
    return join(this.#path(id), "activity.jsonl");
  }

  #path(id: string): string {
    if (!isRunId(id)) {
      throw new ConfigError(`"${id}" is not a campaign's name.`, { code: "unknown-campaign", data: { id } });
    }
    return join(this.#folder, id);
  }
}
