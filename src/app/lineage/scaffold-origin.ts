/** What a scaffold is, and which campaign of evolve made it, if one did. */
import type { RevisionRecord, VerdictRecord } from "../../core/campaign.ts";
import type { Hash } from "../../core/hash.ts";
import { revisionsOf } from "./makers.ts";
import type { Reading } from "./reading.ts";

export interface RevisionOrigin {
  /** Id of the campaign, as `automem show` takes it. */
  campaign: string;
  hash: Hash;
  key: string;
  change: RevisionRecord["structuralChange"];
  parent: Hash;
  outcome: VerdictRecord["outcome"] | undefined;
}

export interface ScaffoldOrigin {
  hash: Hash;
  name: string;
  version: string;
  /** Empty for one that a person wrote. */
  revisions: RevisionOrigin[];
}

/** `undefined` where its record cannot be read, which is noted. Its files are read and checked. */
export async function scaffoldOrigin(reading: Reading, hash: Hash): Promise<ScaffoldOrigin | undefined> {
  const record = await reading.record(hash, `scaffold ${hash}`, "automem.scaffold-record/1");
  if (record === undefined) return undefined;
  for (const [path, blob] of Object.entries(record.files)) await reading.blob(blob, `${path} of scaffold ${hash}`);
  const made = await revisionsOf(reading.store, hash, (problem) => reading.note(problem));
  const revisions = made.map(({ campaign, hash: revision, revision: { key, structuralChange, parent }, verdict }) => ({
    campaign,
    hash: revision,
    key,
    change: structuralChange,
    parent,
    outcome: verdict?.verdict.outcome,
  }));
  const { name, version } = record.manifest;
  return { hash, name, version, revisions };
}
