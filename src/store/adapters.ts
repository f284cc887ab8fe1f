/** Adapters in the store: a record each, found by the adapter's name through a ref `adapters/NAME`, which also keeps it from being collected. */
import { type AdapterRecord, adapterName, peftConfigFile, peftWeightsFile } from "../core/adapter.ts";
import { ConfigError } from "../core/errors.ts";
import type { Hash } from "../core/hash.ts";
import { adapterNames, adapterRef } from "./adapter-refs.ts";
import type { Store } from "./store.ts";

const SHORTEST_PREFIX = 4;

/** An adapter's description, and its files as bytes. */
export interface NewAdapter extends Omit<AdapterRecord, "schema" | "name" | "peft" | "gguf"> {
  peft?: { [peftConfigFile]: Uint8Array; [peftWeightsFile]: Uint8Array } | undefined;
  gguf?: Uint8Array | undefined;
}

export interface KeptAdapter {
  /** The record's hash; the adapter's own is `adapter.name`. */
  record: Hash;
  adapter: AdapterRecord;
  /** False if the same record was there. */
  isNew: boolean;
}

/**
 * Keeps an adapter. What is not given is taken from one of the same name that is there, so a GGUF or parents can be added later.
 * Throws `ConfigError` `adapter-differs` where the one that is there says otherwise: a name never changes what it stands for.
 */
export async function putAdapter(store: Store, given: NewAdapter): Promise<KeptAdapter> {
  const { peft, gguf, ...described } = given;
  const content = {
    ...(peft === undefined ? {} : { peft: await putPeft(store, peft) }),
    ...(gguf === undefined ? {} : { gguf: await store.blobs.put(gguf) }),
  };
  const name = adapterName(content);
  return keepAdapter(store, { schema: "automem.adapter/1", name, ...described, ...content });
}

/** Keeps the record of an adapter whose files are in the store. As `putAdapter`. */
export async function keepAdapter(store: Store, wanted: AdapterRecord): Promise<KeptAdapter> {
  const ref = adapterRef(wanted.name);
  const old = store.refs.get(ref);
  const present = old === undefined ? undefined : await store.records.get(old, "automem.adapter/1");
  const adapter = present === undefined ? wanted : merged(present, wanted);
  const record = await store.records.put<"automem.adapter/1">(adapter);
  if (record !== old) store.refs.move(ref, old, record);
  return { record, adapter, isNew: record !== old };
}

/** The adapter of that name, or of the only name that begins so. Throws `ConfigError`: `unknown-adapter`, `ambiguous-adapter`. */
export async function findAdapter(store: Store, named: string): Promise<KeptAdapter> {
  const names = await adapterNames(store.refs);
  const long = /^[0-9a-f]+$/.test(named) && named.length >= SHORTEST_PREFIX;
  const [found, ...more] = long ? names.filter((name) => name.startsWith(named)) : [];
  if (more.length > 0) {
    throw new ConfigError(`"${named}" could be ${[found, ...more].join(" or ")}. Give more of it.`, {
      code: "ambiguous-adapter",
    });
  }
  const record = found === undefined ? undefined : store.refs.get(adapterRef(found));
  if (record === undefined) {
    throw new ConfigError(
      `There is no adapter "${named}". Name one by ${SHORTEST_PREFIX} or more of its first digits; automem adapter list shows them.`,
      { code: "unknown-adapter" },
    );
  }
  return { record, adapter: await store.records.get(record, "automem.adapter/1"), isNew: false };
}

/** All adapters, in order of their names. */
export async function listAdapters(store: Store): Promise<AdapterRecord[]> {
  const names = await adapterNames(store.refs);
  return Promise.all(names.map(async (name) => (await findAdapter(store, name)).adapter));
}

async function putPeft(store: Store, files: NonNullable<NewAdapter["peft"]>): Promise<AdapterRecord["peft"]> {
  return {
    [peftConfigFile]: await store.blobs.put(files[peftConfigFile]),
    [peftWeightsFile]: await store.blobs.put(files[peftWeightsFile]),
  };
}

/** `present` with what `wanted` adds. */
function merged(present: AdapterRecord, wanted: AdapterRecord): AdapterRecord {
  const parents = { ...present.parents, ...wanted.parents };
  const base = { ...present.base, ...wanted.base };
  const differs = [
    present.gguf !== undefined && wanted.gguf !== undefined && present.gguf !== wanted.gguf && "its GGUF",
    present.base.digest !== undefined && present.base.digest !== base.digest && "its base",
    present.parents?.dataset !== undefined && present.parents.dataset !== parents.dataset && "its dataset",
    present.parents?.recipe !== undefined && present.parents.recipe !== parents.recipe && "its recipe",
  ].filter((difference) => difference !== false);
  if (differs.length > 0) {
    throw new ConfigError(
      `Adapter ${present.name.slice(0, 12)} is here already, and ${differs.join(" and ")} differs. A name stands for one adapter for ever: use the one that is here (automem adapter show ${present.name.slice(0, 12)}).`,
      { code: "adapter-differs", data: { name: present.name } },
    );
  }
  return {
    ...wanted,
    ...present,
    base: present.base.digest === undefined ? base : present.base,
    ...(Object.keys(parents).length === 0 ? {} : { parents }),
  };
}
