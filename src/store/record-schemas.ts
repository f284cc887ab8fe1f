/** Which schema reads which kind of record, by the name in the record's own `schema` field. */
import { AdapterRecord } from "../core/adapter.ts";
import {
  CampaignEndRecord,
  CampaignRecord,
  EvaluationRecord,
  RevisionRecord,
  VerdictRecord,
} from "../core/campaign.ts";
import { EpisodeRecord, RunRecord, ScaffoldRecord } from "../core/records.ts";
import { DatasetRecord } from "../core/training.ts";
import { RecipeRecord, TrainCampaignRecord, TrainEndRecord, TrainingRecord, TrialRecord } from "../core/trial.ts";

export const recordSchemas = {
  "automem.scaffold-record/1": ScaffoldRecord,
  "automem.episode/1": EpisodeRecord,
  "automem.run/1": RunRecord,
  "automem.campaign/1": CampaignRecord,
  "automem.revision/1": RevisionRecord,
  "automem.evaluation/1": EvaluationRecord,
  "automem.verdict/1": VerdictRecord,
  "automem.campaign-end/1": CampaignEndRecord,
  "automem.dataset/1": DatasetRecord,
  "automem.adapter/1": AdapterRecord,
  "automem.train-campaign/1": TrainCampaignRecord,
  "automem.recipe/1": RecipeRecord,
  "automem.training/1": TrainingRecord,
  "automem.trial/1": TrialRecord,
  "automem.train-end/1": TrainEndRecord,
} as const;

export type RecordSchemas = typeof recordSchemas;
export type RecordSchemaName = keyof RecordSchemas;
