/** Which schema reads which kind of record, by the name in the record's own `schema` field. */
import { EpisodeRecord, RunRecord, ScaffoldRecord } from "../core/records.ts";

export const recordSchemas = {
  "automem.scaffold-record/1": ScaffoldRecord,
  "automem.episode/1": EpisodeRecord,
  "automem.run/1": RunRecord,
} as const;

export type RecordSchemas = typeof recordSchemas;
export type RecordSchemaName = keyof RecordSchemas;
