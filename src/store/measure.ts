/** `size`: how many bytes of the store are what, and which run they belong to. */
import { join } from "node:path";
import { reachedByRun } from "./garbage/reached.ts";
import { type ListedFile, listFiles, listObjects } from "./list-files.ts";
import type { Store } from "./store.ts";

export interface Amount {
  files: number;
  bytes: number;
}

export interface RunSize {
  run: string;
  /** Its folder: pointers, journals of episodes under way, times. */
  folder: Amount;
  /** Blobs and records that it reaches. Those that several runs reach count in each. */
  objects: Amount;
  /** Those of them that no other run reaches; a ref may. */
  own: Amount;
}

export interface StoreSize {
  total: Amount;
  blobs: Amount;
  records: Amount;
  /** Of `runs`: journals of episodes under way. */
  journals: Amount;
  /** All of the folders of runs. */
  runs: Amount;
  index: Amount;
  /** Refs, locks and what else there is. */
  other: Amount;
  byRun: RunSize[];
}

/** Sizes are those of the files, not of the disk blocks they take. Throws `StoreError` if a run cannot be read. */
export async function measureStore(store: Store): Promise<StoreSize> {
  const all = await listFiles(store.folder);
  const under = (pattern: RegExp) => sum(all.filter(({ path }) => pattern.test(path)));
  const [blobs, records, runs, index] = [
    under(/^blobs\//),
    under(/^records\//),
    under(/^runs\//),
    under(/^index\.sqlite/),
  ];
  const total = sum(all);
  const known = [blobs, records, runs, index];
  const other = {
    files: total.files - known.reduce((count, { files }) => count + files, 0),
    bytes: total.bytes - known.reduce((count, { bytes }) => count + bytes, 0),
  };
  const journals = under(/^runs\/[^/]+\/episodes\/[^/]+\/journal-/);
  return { total, blobs, records, journals, runs, index, other, byRun: await measureRuns(store, all) };
}

async function measureRuns(store: Store, all: readonly ListedFile[]): Promise<RunSize[]> {
  const { objects } = await listObjects(store.folder);
  const sizes = new Map(objects.map((object) => [object.hash, object]));
  const users = new Map<string, number>();
  const reachedBy = new Map<string, string[]>();
  for (const id of await store.runs.ids()) {
    const reached = [...(await reachedByRun(store, id))].filter((hash) => sizes.has(hash));
    reachedBy.set(id, reached);
    for (const hash of reached) users.set(hash, (users.get(hash) ?? 0) + 1);
  }
  const amount = (hashes: readonly string[]) => sum(hashes.flatMap((hash) => sizes.get(hash) ?? []));
  return [...reachedBy].map(([run, reached]) => ({
    run,
    folder: sum(all.filter(({ path }) => path.startsWith(join("runs", run, "/").replaceAll("\\", "/")))),
    objects: amount(reached),
    own: amount(reached.filter((hash) => users.get(hash) === 1)),
  }));
}

function sum(files: readonly { sizeBytes: number }[]): Amount {
  return { files: files.length, bytes: files.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0) };
}
