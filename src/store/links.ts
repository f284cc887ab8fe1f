/** What a record needs to be whole: the records, blobs and adapters it names. */
import * as v from "valibot";
import type { Hash } from "../core/hash.ts";
import type { SpecialistIdentity } from "../core/records.ts";
import { type RecordSchemaName, recordSchemas } from "./record-schemas.ts";
import type { RecordOf } from "./records.ts";

export interface Links {
  records: readonly Hash[];
  blobs: readonly Hash[];
  /** Names of adapters, whose records the refs `adapters/NAME` point to. */
  adapters?: readonly Hash[] | undefined;
}

const linksByKind: { [Name in RecordSchemaName]: (record: RecordOf<Name>) => Links } = {
  "automem.scaffold-record/1": ({ files }) => ({ records: [], blobs: Object.values(files) }),
  "automem.episode/1": ({ scaffold, specialist, trace, memory }) => ({
    records: [scaffold],
    blobs: [...trace.map(({ blob }) => blob), ...Object.values(memory)],
    adapters: present([specialist?.adapter]),
  }),
  "automem.run/1": playedBy,
  "automem.campaign/1": playedBy,
  "automem.revision/1": ({ campaign, parent, scaffold, analysis, method, transcript }) => ({
    records: [campaign, parent, scaffold],
    blobs: [analysis, method, transcript],
  }),
  "automem.evaluation/1": ({ scaffold, adapter, episodes }) => ({
    records: [scaffold, ...episodes.flatMap(({ record }) => record ?? [])],
    blobs: [],
    adapters: present([adapter]),
  }),
  "automem.verdict/1": ({ campaign, revision, incumbent, select, confirm }) => ({
    records: [campaign, revision, incumbent, ...Object.values(select), ...Object.values(confirm ?? {})],
    blobs: [],
  }),
  "automem.campaign-end/1": ({ campaign, verdicts, scaffold, report }) => ({
    records: [campaign, ...verdicts, scaffold, ...(report === undefined ? [] : [report.start, report.final])],
    blobs: [],
  }),
  "automem.dataset/1": ({ episodes, criteria, train, validation, items, setAside }) => ({
    records: episodes,
    blobs: [criteria, train.blob, validation.blob, items, setAside],
  }),
  "automem.adapter/1": ({ peft, gguf, parents }) => ({
    records: Object.values(parents ?? {}).filter((hash) => hash !== undefined),
    blobs: [...Object.values(peft ?? {}), ...(gguf === undefined ? [] : [gguf])],
  }),
  "automem.train-campaign/1": ({ scaffold, specialist }) => ({
    records: [scaffold],
    blobs: [],
    adapters: present([specialist]),
  }),
  "automem.recipe/1": ({ dataset }) => ({ records: [dataset], blobs: [] }),
  "automem.training/1": ({ recipe, adapter, losses }) => ({ records: [recipe, adapter], blobs: [losses] }),
  "automem.trial/1": ({ campaign, reason, incumbent, dataset, configurations, tests }) => ({
    records: [
      campaign,
      ...present([dataset]),
      ...configurations.flatMap(({ training, adapter, select }) => present([training, adapter, select])),
      ...tests.flatMap(({ candidate, opponent }) => [candidate, opponent]),
    ],
    blobs: [reason],
    adapters: present([incumbent]),
  }),
  "automem.train-end/1": ({ campaign, trials, adapter, report }) => ({
    records: [campaign, ...trials, ...present([adapter, report?.base, report?.specialist])],
    blobs: [],
  }),
};

function playedBy({ scaffold, specialist }: { scaffold: Hash; specialist?: SpecialistIdentity | undefined }): Links {
  return { records: [scaffold], blobs: [], adapters: present([specialist?.adapter]) };
}

function present(hashes: readonly (Hash | undefined)[]): Hash[] {
  return hashes.filter((hash) => hash !== undefined);
}

/** Links of a record's JSON; `undefined` for a kind this automem does not know, a text if it does not fit its kind. */
export function linksOf(json: unknown): Links | undefined | { problem: string } {
  const name = (json as { schema?: unknown } | null)?.schema;
  if (typeof name !== "string" || !Object.hasOwn(recordSchemas, name)) return undefined;
  const parsed = v.safeParse(recordSchemas[name as RecordSchemaName], json);
  if (!parsed.success) return { problem: parsed.issues[0].message };
  return (linksByKind[name as RecordSchemaName] as (record: unknown) => Links)(parsed.output);
}

/**
 * Every text in a JSON value that could be a hash, keys included. For those who must not overlook a link, also of kinds made by a newer
 * automem: what only looks like a link does no harm there.
 */
export function hashesIn(json: unknown): Set<Hash> {
  const found = new Set<Hash>();
  const look = (value: unknown): void => {
    if (typeof value === "string") {
      if (/^[0-9a-f]{64}$/.test(value)) found.add(value);
    } else if (Array.isArray(value)) {
      for (const item of value) look(item);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        look(key);
        look(item);
      }
    }
  };
  look(json);
  return found;
}
