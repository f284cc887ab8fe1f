/** Every object that a ref, a run or an episode reaches. */
import { AutomemError, StoreError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { adapterNames, adapterRef } from "../adapter-refs.ts";
import { linksOfLine } from "../campaign-log.ts";
import { hashesIn } from "../links.ts";
import type { Store } from "../store.ts";

/**
 * Hashes of records and blobs, and of some things that only look like one (a plugin's hash in a record): whatever a record names is kept,
 * whether or not this automem knows its kind. Throws `StoreError` `damaged-store` if a pointer or a record cannot be read.
 */
export async function reachedObjects(store: Store): Promise<Set<Hash>> {
  try {
    // Every adapter has a ref, so all of them are among the roots.
    return await follow(store, await roots(store), await namedByCampaigns(store), new Set());
  } catch (cause) {
    if (!(cause instanceof AutomemError)) throw cause;
    throw new StoreError(
      `What the store needs cannot be told, so nothing was removed: ${cause.message} \`automem store fsck\` shows all damage.`,
      { code: "damaged-store", cause },
    );
  }
}

/** What one run reaches, the adapters it was played with included; see `reachedObjects`. `run` must exist. */
export async function reachedByRun(store: Store, runId: string): Promise<Set<Hash>> {
  return follow(store, await rootsOfRun(store, runId), [], new Set(await adapterNames(store.refs)));
}

async function roots(store: Store): Promise<Hash[]> {
  const found: Hash[] = [];
  for (const name of await store.refs.names()) found.push(...[store.refs.get(name) ?? []].flat());
  for (const id of await store.runs.ids()) found.push(...(await rootsOfRun(store, id)));
  for (const id of await store.campaigns.ids())
    found.push(...[(await store.campaigns.peekFile(id))?.campaign ?? []].flat());
  return found;
}

async function rootsOfRun(store: Store, id: string): Promise<Hash[]> {
  const folder = store.runs.folder(id);
  // A folder without run.json is one whose making was interrupted (or goes on now: then its record is young).
  const file = await folder.peekFile();
  const found = file === undefined ? [] : [file.run];
  for (const key of await folder.startedKeys()) {
    const record = (await folder.peekState(key))?.record;
    if (record !== undefined) found.push(record);
  }
  return found;
}

/** What the logs of campaigns name: records, blobs, and some that only look like one. */
async function namedByCampaigns(store: Store): Promise<Hash[]> {
  const named: Hash[] = [];
  for (const id of await store.campaigns.ids()) {
    named.push(...(await store.campaigns.readLog(id)).lines.flatMap(linksOfLine));
  }
  return named;
}

/** `roots` must be records that are there; what is `named` need not be either. Names among `adapters` lead to their records. */
async function follow(
  store: Store,
  roots: readonly Hash[],
  named: readonly Hash[],
  adapters: ReadonlySet<Hash>,
): Promise<Set<Hash>> {
  const records: Hash[] = [];
  const reached = new Set<Hash>();
  const reach = async (hash: Hash, isRecord: boolean): Promise<void> => {
    if (reached.has(hash)) return;
    reached.add(hash);
    if (isRecord || (await store.records.has(hash))) records.push(hash);
    const adapter = adapters.has(hash) ? store.refs.get(adapterRef(hash)) : undefined;
    if (adapter !== undefined) await reach(adapter, true);
  };
  for (const hash of roots) await reach(hash, true);
  for (const hash of named) await reach(hash, false);
  for (let hash = records.pop(); hash !== undefined; hash = records.pop()) {
    for (const found of hashesIn(await store.records.getAny(hash))) await reach(found, false);
  }
  return reached;
}
