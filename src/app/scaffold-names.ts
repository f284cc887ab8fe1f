/**
 * What people call a scaffold that the store knows by its hash: its name and version, and where a campaign of evolve made it the revision with its
 * structural change: `base 1.2.0, r1a1c0 recall by rare words`. What was read stays known as long as the store is open; of a campaign only a
 * log that has changed is read again.
 */
import * as v from "valibot";
import { AutomemError } from "../core/errors.ts";
import { Hash } from "../core/hash.ts";
import type { Store } from "../store/store.ts";
import type { App } from "./app.ts";

/** Digits of a hash that stand beside a name. */
export const shortHash = 12;

interface Made {
  /** Changes with the campaign's log. */
  state: string;
  /** By scaffold: key and structural change. */
  revisions: ReadonlyMap<Hash, string>;
}

interface Known {
  manifests: Map<Hash, string>;
  campaigns: Map<string, Made>;
}

/** Of the end of a review: one that came to nothing has no revision. */
const Reviewed = v.object({ revision: v.optional(Hash) });

const known = new WeakMap<Store, Known>();

/** Without a record of it (an archive was taken in without), the beginning of its hash. Throws `StoreError`. */
export async function scaffoldName(app: App, hash: Hash): Promise<string> {
  return (await scaffoldNames(app, [hash])).get(hash) ?? hash.slice(0, shortHash);
}

/** Names of those that are hashes of scaffolds of this store; what is a name or a path already has none. Throws `StoreError`. */
export async function scaffoldNames(app: App, named: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const hashes = [...new Set(named)].filter((one) => v.is(Hash, one));
  const names = new Map<string, string>();
  if (hashes.length === 0) return names;
  const store = await app.store();
  const own = known.get(store) ?? { manifests: new Map(), campaigns: new Map() };
  known.set(store, own);
  await readCampaigns(store, own);
  for (const hash of hashes) {
    const manifest = await manifestName(store, own, hash);
    const revision = [...own.campaigns.values()].find(({ revisions }) => revisions.has(hash))?.revisions.get(hash);
    const name = [manifest, revision].filter((part) => part !== undefined).join(", ");
    if (name !== "") names.set(hash, name);
  }
  return names;
}

async function manifestName(store: Store, { manifests }: Known, hash: Hash): Promise<string | undefined> {
  const before = manifests.get(hash);
  if (before !== undefined || !(await store.records.has(hash))) return before;
  const { manifest } = await store.records.get(hash, "automem.scaffold-record/1");
  const name = `${manifest.name} ${manifest.version}`;
  manifests.set(hash, name);
  return name;
}

/** A campaign that cannot be read names nothing; the list of campaigns says what is wrong with it. */
async function readCampaigns(store: Store, { campaigns }: Known): Promise<void> {
  const ids = await store.campaigns.ids();
  for (const id of campaigns.keys()) if (!ids.includes(id)) campaigns.delete(id);
  for (const id of ids) {
    const state = await store.campaigns.logState(id);
    if (campaigns.get(id)?.state === state) continue;
    try {
      campaigns.set(id, { state, revisions: await revisionsIn(store, id) });
    } catch (fault) {
      if (!(fault instanceof AutomemError)) throw fault;
      campaigns.set(id, { state, revisions: new Map() });
    }
  }
}

async function revisionsIn(store: Store, id: string): Promise<Map<Hash, string>> {
  const made = new Map<Hash, string>();
  if ((await store.campaigns.open(id)).record.loop !== "evolve") return made;
  const log = await store.campaigns.viewLog(id);
  for (const name of log.names().filter((one) => /^review\/[^/]+$/.test(one))) {
    const revision = (await log.get(name, Reviewed))?.revision;
    if (revision === undefined) continue;
    const { scaffold, structuralChange } = await store.records.get(revision, "automem.revision/1");
    const change = structuralChange.name.replaceAll(/\s+/g, " ");
    if (!made.has(scaffold)) made.set(scaffold, `${name.slice("review/".length)} ${change}`);
  }
  return made;
}
