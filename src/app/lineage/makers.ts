/** Who made a thing: campaigns name what they made, and not the other way round, so their logs are walked. */
import type { AdapterRecord } from "../../core/adapter.ts";
import type { RevisionRecord, VerdictRecord } from "../../core/campaign.ts";
import { AutomemError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import type { TrialRecord } from "../../core/trial.ts";
import { linksOfLine } from "../../store/campaign-log.ts";
import type { AnyCampaignRecord } from "../../store/campaigns.ts";
import type { RecordSchemaName } from "../../store/record-schemas.ts";
import type { RecordOf } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";

/** A trial in which an adapter was trained. */
export interface MakingTrial {
  campaign: string;
  hash: Hash;
  trial: TrialRecord;
  /** Which of its configurations, from 0. */
  configuration: number;
}

/** A revision whose scaffold it is. */
export interface MakingRevision {
  campaign: string;
  hash: Hash;
  revision: RevisionRecord;
  /** Absent while it is not judged. */
  verdict: { hash: Hash; verdict: VerdictRecord } | undefined;
}

/** In order of campaigns. What cannot be read is told to `onProblem`. */
export async function trialsOf(
  store: Store,
  made: { record: Hash; adapter: AdapterRecord },
  onProblem: (problem: string) => void,
): Promise<MakingTrial[]> {
  const found: MakingTrial[] = [];
  for (const campaign of await campaignsOf(store, "train", onProblem)) {
    for (const { hash, record } of await recordsIn(store, campaign, "automem.trial/1", onProblem)) {
      const configuration = record.configurations.findIndex(
        ({ adapter, adapterName }) => adapter === made.record || adapterName === made.adapter.name,
      );
      if (configuration >= 0) found.push({ campaign, hash, trial: record, configuration });
    }
  }
  return found;
}

/** In order of campaigns; empty for a scaffold that a person wrote. */
export async function revisionsOf(
  store: Store,
  scaffold: Hash,
  onProblem: (problem: string) => void,
): Promise<MakingRevision[]> {
  const found: MakingRevision[] = [];
  for (const campaign of await campaignsOf(store, "evolve", onProblem)) {
    const revisions = await recordsIn(store, campaign, "automem.revision/1", onProblem);
    const own = revisions.filter(({ record }) => record.scaffold === scaffold);
    if (own.length === 0) continue;
    const verdicts = await recordsIn(store, campaign, "automem.verdict/1", onProblem);
    for (const { hash, record } of own) {
      const judged = verdicts.find(({ record: verdict }) => verdict.revision === hash);
      const verdict = judged && { hash: judged.hash, verdict: judged.record };
      found.push({ campaign, hash, revision: record, verdict });
    }
  }
  return found;
}

/** Records of a kind that a campaign's log names, in the order of the log; each once. */
export async function recordsIn<Name extends RecordSchemaName>(
  store: Store,
  campaign: string,
  kind: Name,
  onProblem: (problem: string) => void,
): Promise<{ hash: Hash; record: RecordOf<Name> }[]> {
  const found = new Map<Hash, RecordOf<Name>>();
  try {
    const { lines } = await store.campaigns.readLog(campaign);
    for (const line of lines) {
      // What was played is most of the log, and names episodes only.
      if (line.name.startsWith("play/")) continue;
      for (const hash of linksOfLine(line)) {
        if (found.has(hash) || !(await store.records.has(hash))) continue;
        const { schema } = (await store.records.getAny(hash)) as { schema?: unknown };
        if (schema === kind) found.set(hash, await store.records.get(hash, kind));
      }
    }
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    onProblem(`campaign ${campaign}: ${fault.message}`);
  }
  return [...found].map(([hash, record]) => ({ hash, record }));
}

async function campaignsOf(
  store: Store,
  loop: AnyCampaignRecord["loop"],
  onProblem: (problem: string) => void,
): Promise<string[]> {
  const ids: string[] = [];
  for (const id of await store.campaigns.ids()) {
    try {
      if ((await store.campaigns.open(id)).record.loop === loop) ids.push(id);
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      onProblem(`campaign ${id}: ${fault.message}`);
    }
  }
  return ids;
}
