/** Which schema reads which kind of record, by the name in the record's own `schema` field. */
import {
  CampaignEndRecord,
  CampaignRecord,
  EvaluationRecord,
  RevisionRecord,
  VerdictRecord,
} from "../core/campaign.ts";
import { EpisodeRecord, RunRecord, ScaffoldRecord } from "../core/records.ts";

export const recordSchemas = {
  "automem.scaffold-record/1": ScaffoldRecord,
  "automem.episode/1": EpisodeRecord,
  "automem.run/1": RunRecord,
  "automem.campaign/1": CampaignRecord,
  "automem.revision/1": RevisionRecord,
  "automem.evaluation/1": EvaluationRecord,
  "automem.verdict/1": VerdictRecord,
  "automem.campaign-end/1": CampaignEndRecord,
} as const;

export type RecordSchemas = typeof recordSchemas;
export type RecordSchemaName = keyof RecordSchemas;
