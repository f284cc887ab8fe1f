/**
 * `fsck`: reads every byte that counts and says what is damaged and whom it touches. Changes nothing.
 *
 * Looked at: version.json, refs, run.json, states and journals of episodes, blobs, records. Not looked at, since they are no truth: the
 * index (rebuilt at will), times, locks and who held them. Idea: `git fsck`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../../core/errors.ts";
import type { Hash } from "../../core/hash.ts";
import { adapterOfRef, adapterRef } from "../adapter-refs.ts";
import { parseChecked } from "../checked-json.ts";
import { isMissing, storeFault } from "../fault.ts";
import type { Store } from "../store.ts";
import { checkVersion, VersionFile } from "../version.ts";
import { checkObjects, type ObjectCheck } from "./check-objects.ts";
import { checkPointers, type Pointer, type PointerCheck } from "./check-pointers.ts";
import type { CheckReport, Damage, Touched } from "./report.ts";

/**
 * `store` as `Store.forCheck` gives it. A damaged store is a report, not an error.
 * Throws `StoreError`: `newer-store`, or a disk fault (reading only).
 */
export async function checkStore(store: Store): Promise<CheckReport> {
  const version = await checkVersionFile(store);
  // Pointers first: what they point to was written before they were.
  const pointers = await checkPointers(store);
  const objects = await checkObjects(store.folder);
  const problems = [...version.problems, ...damagedObjects(objects), ...missingObjects(objects, pointers, store)];
  const damage = new Map<string, Damage>();
  for (const { path, problem, hash } of problems) {
    const touched = hash === undefined ? nobody() : touchedBy(hash, objects, pointers);
    damage.set(`${path}\0${problem}`, { path, problem, ...touched });
  }
  for (const { path, problem, pointer } of [...pointers.damage, ...wrongKinds(objects, pointers)]) {
    damage.set(`${path}\0${problem}`, { path, problem, ...add(nobody(), pointer) });
  }
  const ofKind = (name: "ref" | "run" | "episode") =>
    pointers.pointers.filter(
      (pointer) => pointer[name] !== undefined && (name !== "run" || pointer.episode === undefined),
    ).length;
  return {
    counts: {
      blobs: objects.blobs.size,
      records: objects.recordCount,
      refs: ofKind("ref"),
      runs: ofKind("run"),
      episodes: ofKind("episode"),
      journals: pointers.journals,
      campaigns: (await store.campaigns.ids()).length,
    },
    unchecked: version.unchecked + pointers.unchecked + objects.unchecked,
    damage: [...damage.values()].sort((one, other) => (one.path < other.path ? -1 : 1)),
    remarks: [...pointers.remarks, ...objects.remarks],
  };
}

interface Problem {
  path: string;
  problem: string;
  hash?: Hash;
}

async function checkVersionFile(store: Store): Promise<{ problems: Problem[]; unchecked: number }> {
  const path = join(store.folder, "version.json");
  try {
    const text = await readFile(path, "utf8");
    checkVersion(text, path);
    const read = parseChecked(text, VersionFile);
    return { problems: [], unchecked: "value" in read && !read.checked ? 1 : 0 };
  } catch (cause) {
    if (isMissing(cause)) return { problems: [{ path: "version.json", problem: "it is missing" }], unchecked: 0 };
    if (!(cause instanceof StoreError)) throw storeFault(cause, "read the store's version", path);
    if (cause.code !== "bad-version-file") throw cause;
    return { problems: [{ path: "version.json", problem: cause.message }], unchecked: 0 };
  }
}

function damagedObjects(objects: ObjectCheck): Problem[] {
  return [...objects.damage].map(([path, { problem, hash }]) => ({ path, problem, hash }));
}

/** What is needed and not there. What garbage names does not count: gc may have been at it. */
function missingObjects(objects: ObjectCheck, pointers: PointerCheck, store: Store): Problem[] {
  const present = new Set(objects.records.keys());
  for (const { hash, kind } of objects.damage.values()) if (kind === "record") present.add(hash);
  const missing = new Map<string, Problem>();
  const need = (hash: Hash, path: string, there: boolean) => {
    if (there) return;
    const relative = path.slice(store.folder.length + 1).replaceAll("\\", "/");
    missing.set(hash, { path: relative, problem: "it is missing", hash });
  };
  const unknown = new Set(objects.remarks.map(({ path }) => path));
  const needRecord = (hash: Hash) => {
    const path = store.records.path(hash);
    const isUnknownKind = unknown.has(path.slice(store.folder.length + 1).replaceAll("\\", "/"));
    need(hash, path, present.has(hash) || isUnknownKind);
  };
  const named = new Set(pointers.pointers.flatMap(({ ref }) => ref ?? []));
  const reached = new Set(pointers.pointers.flatMap(({ record }) => record ?? []));
  // A set goes on over what is added meanwhile.
  for (const record of reached) {
    needRecord(record);
    const { records, blobs, adapters = [] } = objects.records.get(record) ?? { records: [], blobs: [] };
    for (const hash of records) reached.add(hash);
    for (const hash of blobs) need(hash, store.blobs.path(hash), objects.blobs.has(hash));
    for (const name of adapters) {
      if (named.has(adapterRef(name))) continue;
      const path = `refs/${adapterRef(name)}.json`;
      missing.set(path, { path, problem: "it is missing, and with it an adapter that was played with", hash: name });
    }
  }
  for (const { blobs = [] } of pointers.pointers) {
    for (const hash of blobs) need(hash, store.blobs.path(hash), objects.blobs.has(hash));
  }
  return [...missing.values()];
}

function* wrongKinds(objects: ObjectCheck, pointers: PointerCheck): Generator<PointerCheck["damage"][number]> {
  for (const pointer of pointers.pointers) {
    const schema = pointer.record === undefined ? undefined : objects.records.get(pointer.record)?.schema;
    if (schema === undefined || pointer.kinds === undefined || pointer.kinds.includes(schema)) continue;
    const wanted = pointer.kinds.join(" or ");
    yield { path: pointer.path, problem: `it points to a record of kind ${schema}, not ${wanted}`, pointer };
  }
}

/** Everyone who needs the object, directly or through records. */
function touchedBy(hash: Hash, objects: ObjectCheck, pointers: PointerCheck): Touched {
  const needing = new Set<Hash>([hash]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [record, { records, blobs, adapters = [] }] of objects.records) {
      if (needing.has(record) || ![...records, ...blobs, ...adapters].some((named) => needing.has(named))) continue;
      needing.add(record);
      grown = true;
    }
    for (const { ref = "", record } of pointers.pointers) {
      const adapter = adapterOfRef(ref);
      if (adapter === undefined || record === undefined || !needing.has(record) || needing.has(adapter)) continue;
      needing.add(adapter);
      grown = true;
    }
  }
  const touched = nobody();
  const isRecord = (one: Hash) => objects.records.has(one) || pointsTo(pointers, one) || isDamagedRecord(objects, one);
  touched.records.push(...[...needing].filter(isRecord).sort());
  for (const pointer of pointers.pointers) {
    const { record, blobs = [] } = pointer;
    if ((record !== undefined && needing.has(record)) || blobs.some((blob) => needing.has(blob))) add(touched, pointer);
  }
  return touched;
}

function pointsTo(pointers: PointerCheck, hash: Hash): boolean {
  return pointers.pointers.some(({ record }) => record === hash);
}

function isDamagedRecord(objects: ObjectCheck, hash: Hash): boolean {
  return [...objects.damage.values()].some((damage) => damage.kind === "record" && damage.hash === hash);
}

function nobody(): Touched {
  return { records: [], refs: [], runs: [], episodes: [], campaigns: [] };
}

function add(touched: Touched, { ref, run, episode, campaign }: Pointer): Touched {
  if (ref !== undefined) touched.refs.push(ref);
  if (run !== undefined && !touched.runs.includes(run)) touched.runs.push(run);
  if (episode !== undefined) touched.episodes.push(episode);
  if (campaign !== undefined && !touched.campaigns.includes(campaign)) touched.campaigns.push(campaign);
  return touched;
}
