/** Which record a person means: by hash, by the beginning of one, or by the name of a run, episode, campaign, trial or adapter. */
import * as v from "valibot";
import { AutomemError, ConfigError } from "../../core/errors.ts";
import { Hash } from "../../core/hash.ts";
import { type RecordSchemaName, recordSchemas } from "../../store/record-schemas.ts";
import type { Store } from "../../store/store.ts";
import type { App } from "../app.ts";
import { findCampaign } from "../campaigns.ts";
import { findTarget } from "../inspect.ts";

export interface NamedRecord {
  hash: Hash;
  kind: RecordSchemaName;
  /** What it was found by, where that says more than the hash: run and campaign have equal records when they set out to do the same. */
  run?: string;
  campaign?: string;
}

const SHORTEST_PREFIX = 4;
const adapterRefs = "adapters/";

/** Throws `ConfigError`: `unknown-record`, `ambiguous-record`, `unfinished-episode`, and what finding a run or campaign throws. */
export async function findRecord(app: App, named: string): Promise<NamedRecord> {
  const store = await app.store();
  if (/^[0-9a-f]+$/.test(named)) {
    if (named.length < SHORTEST_PREFIX) throw unknown(named, `Give ${SHORTEST_PREFIX} digits or more.`);
    const found = await recordsOfDigits(store, named);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const choices = found.slice(0, 6).map(({ hash, kind }) => `${hash.slice(0, 16)} (${kindName(kind)})`);
      throw new ConfigError(`"${named}" is the beginning of ${found.length} hashes: ${choices.join(", ")}.`, {
        code: "ambiguous-record",
      });
    }
    throw unknown(named, "automem list, dataset list and adapter list show what there is.");
  }
  const [first = "", key] = named.split("/", 2);
  const campaign = await findCampaign(app, first);
  if (campaign !== undefined) {
    if (key === undefined) {
      return { hash: campaign.file.campaign, kind: campaign.record.schema, campaign: campaign.id };
    }
    const judged = await judgedIn(store, campaign.id, key);
    if (judged !== undefined) return judged;
    if (first !== "last") throw unknown(named, `Campaign ${campaign.id} has come to no verdict or trial ${key}.`);
  }
  return runOrEpisode(app, named);
}

/** `automem.episode/1` is called `episode`. */
export function kindName(kind: RecordSchemaName): string {
  const name = kind.replace(/^automem\./, "").replace(/\/\d+$/, "");
  return name === "scaffold-record" ? "scaffold" : name;
}

/** The kind of a record. Throws `ConfigError` `unknown-record` for one of a kind this automem does not know, `StoreError`. */
export async function kindOf(store: Store, hash: Hash): Promise<RecordSchemaName> {
  const found = ((await store.records.getAny(hash)) as { schema?: unknown } | null)?.schema;
  if (typeof found === "string" && Object.hasOwn(recordSchemas, found)) return found as RecordSchemaName;
  throw unknown(hash, `It is of kind ${String(found)}, which a newer automem may know.`);
}

async function recordsOfDigits(store: Store, digits: string): Promise<NamedRecord[]> {
  const hashes = new Set(await store.records.beginningWith(digits));
  for (const ref of await store.refs.names()) {
    if (!ref.startsWith(adapterRefs + digits)) continue;
    const record = store.refs.get(ref);
    if (record !== undefined) hashes.add(record);
  }
  return Promise.all([...hashes].sort().map(async (hash) => ({ hash, kind: await kindOf(store, hash) })));
}

/** A verdict of `evolve` or a trial of `train`, by its key. */
async function judgedIn(store: Store, campaign: string, key: string): Promise<NamedRecord | undefined> {
  const log = await store.campaigns.viewLog(campaign);
  for (const name of [`verdict/${key}`, `trial/${key}`]) {
    const found = log.has(name) ? await log.get(name, v.looseObject({ record: Hash })) : undefined;
    if (found !== undefined) return { hash: found.record, kind: await kindOf(store, found.record), campaign };
  }
  return undefined;
}

async function runOrEpisode(app: App, named: string): Promise<NamedRecord> {
  try {
    const { run, episode } = await findTarget(app, named);
    const id = run.folder.id;
    if (episode === undefined) return { hash: run.file.run, kind: "automem.run/1", run: id };
    const state = await run.folder.peekState(episode.key);
    if (state?.record !== undefined) return { hash: state.record, kind: "automem.episode/1", run: id };
    throw new ConfigError(`Episode ${id}/${episode.key} is not finished: automem resume ${id}`, {
      code: "unfinished-episode",
    });
  } catch (fault) {
    if (!(fault instanceof AutomemError) || fault.code !== "unknown-run" || named === "last") throw fault;
    throw unknown(
      named,
      "Name a run, RUN/EPISODE, campaign, CAMPAIGN/KEY, dataset, adapter, or any record by its hash.",
    );
  }
}

function unknown(named: string, hint: string): ConfigError {
  return new ConfigError(`The store has no record "${named}". ${hint}`, { code: "unknown-record" });
}
