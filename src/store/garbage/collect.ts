/**
 * `gc`: removes blobs and records that no ref, run or episode reaches, and what killed writers left behind. Safe beside processes that play.
 *
 * Why nothing that is needed goes:
 *
 *   1. A writer first puts every object a pointer will need, then writes the pointer (state of an episode, run.json, ref). Putting an object
 *      that is there already renews its time of change, in one system call that fails if the file is gone; then it is written again.
 *   2. Only objects older than the cutoff are candidates: the grace period before now, and not after any process that plays now took its run
 *      (so a clock that jumps while it plays does not age what it writes). They are listed first, the pointers are read after. So an object
 *      whose pointer stood before the pointers were read is reached; one whose pointer comes later was put, or renewed, less than the grace
 *      period before that.
 *   3. A candidate is renamed into `trash/` before it is deleted, and its time is looked at again there. A writer that renewed it before the
 *      rename left a young file, which is put back; one that comes after the rename finds none, and writes it again.
 *   4. If anything reached is damaged or missing, nothing is removed, since what lies behind it is not known.
 *
 * A reader that comes in the moment between the two renames of 3 finds the object missing; it is there when it looks again.
 * A writer must set its pointer within the grace period after its first put (finishing an episode takes seconds). Idea: `git gc`, and its
 * renewal of times in `odb_freshen_object`.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../../core/errors.ts";
import { isMissing, storeFault } from "../fault.ts";
import { tryLock } from "../file-lock.ts";
import { type ListedFile, listFiles, listObjects, objectHash, statIfThere } from "../list-files.ts";
import type { Store } from "../store.ts";
import { reachedObjects } from "./reached.ts";

export interface CollectOptions {
  nowMs: number;
  /** Milliseconds for which an object stays that nothing reaches (yet). 0 only where no other process uses the store. */
  graceMs: number;
  /** Only tell what would go. */
  dryRun: boolean;
}

/** One thing that went, or would go. */
export interface Collected {
  kind: "blob" | "record" | "leftover";
  /** Relative to the store. */
  path: string;
  sizeBytes: number;
}

type Candidate = Collected & { modifiedMs: number };

export interface CollectReport {
  removed: Collected[];
  removedBytes: number;
  /** Objects that something reaches. */
  reached: number;
  /** Objects that nothing reaches, but too young to go. */
  young: number;
  dryRun: boolean;
}

/** An hour. */
export const standardGraceMs = 3_600_000;

/** Throws `StoreError`: `gc-running`, `damaged-store` (see 4), or a disk fault. */
export async function collectGarbage(store: Store, options: CollectOptions): Promise<CollectReport> {
  const lock = tryLock(join(store.folder, "gc.lock.sqlite"));
  if (lock === undefined) {
    throw new StoreError("Another process is collecting garbage in this store. Wait for it.", { code: "gc-running" });
  }
  try {
    return await collect(store, options);
  } finally {
    lock.release();
  }
}

async function collect(store: Store, { nowMs, graceMs, dryRun }: CollectOptions): Promise<CollectReport> {
  if (!dryRun) await restoreTrash(store);
  const cutoffMs = Math.min(nowMs - graceMs, await firstHolderMs(store));
  const { objects, others } = await listObjects(store.folder);
  const leftovers = await findLeftovers(store, others);
  const reached = await reachedObjects(store);
  const loose: Candidate[] = objects.filter(({ hash }) => !reached.has(hash));
  const report: CollectReport = {
    removed: [],
    removedBytes: 0,
    reached: objects.length - loose.length,
    young: 0,
    dryRun,
  };
  for (const candidate of [...loose, ...leftovers]) {
    const { kind, path, sizeBytes, modifiedMs } = candidate;
    if (modifiedMs < cutoffMs && (dryRun || (await remove(store, candidate, cutoffMs)))) {
      report.removed.push({ kind, path, sizeBytes });
      report.removedBytes += sizeBytes;
    } else if (kind !== "leftover") report.young++;
  }
  return report;
}

/** When the first of the processes that play now took its run, by the clock of then. */
async function firstHolderMs(store: Store): Promise<number> {
  let first = Number.POSITIVE_INFINITY;
  for (const id of await store.runs.ids()) {
    const since = store.runs.folder(id).holder()?.since;
    if (since !== undefined) first = Math.min(first, Date.parse(since) || 0);
  }
  for (const id of await store.campaigns.ids()) {
    const since = store.campaigns.holder(id)?.since;
    if (since !== undefined) first = Math.min(first, Date.parse(since) || 0);
  }
  return first;
}

/** Files that writers put aside while they worked, and archives half taken in. */
async function findLeftovers(store: Store, amongObjects: readonly ListedFile[]): Promise<Candidate[]> {
  const beside = [...amongObjects];
  for (const part of ["refs", "runs", "campaigns"]) beside.push(...(await listBelow(store, part)));
  beside.push(...(await listBelow(store, "incoming")));
  const leftovers = new Map<string, Candidate>();
  for (const { path, sizeBytes, modifiedMs } of beside) {
    // A whole folder goes at once: an archive half taken in, a run half made.
    const whole = /^(?:incoming\/[^/]+|(?:runs|campaigns)\/[^/]+\.tmp)(?=\/)/.exec(path)?.[0] ?? path;
    if (!whole.endsWith(".tmp") && !whole.startsWith("incoming/")) continue;
    const known = leftovers.get(whole) ?? { kind: "leftover", path: whole, sizeBytes: 0, modifiedMs: 0 };
    known.sizeBytes += sizeBytes;
    known.modifiedMs = Math.max(known.modifiedMs, modifiedMs);
    leftovers.set(whole, known);
  }
  return [...leftovers.values()];
}

async function listBelow(store: Store, part: string): Promise<ListedFile[]> {
  return (await listFiles(join(store.folder, part))).map((file) => ({ ...file, path: `${part}/${file.path}` }));
}

/** True if it went. */
async function remove(store: Store, file: Candidate, cutoffMs: number): Promise<boolean> {
  const path = join(store.folder, file.path);
  const trash = join(store.folder, "trash");
  try {
    if (file.kind === "leftover") {
      await rm(path, { force: true, recursive: true });
      return true;
    }
    const now = await statIfThere(path);
    if (now === undefined || now.modifiedMs >= cutoffMs) return false;
    const aside = join(trash, file.path.replaceAll("/", "-"));
    await mkdir(trash, { recursive: true });
    await rename(path, aside);
    const moved = await statIfThere(aside);
    if (moved === undefined || moved.modifiedMs >= cutoffMs) {
      await rename(aside, path);
      return false;
    }
    await rm(aside);
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw storeFault(cause, "remove garbage", path);
  }
}

/** What a killed gc had set aside goes back: it may have been renewed. */
async function restoreTrash(store: Store): Promise<void> {
  const trash = join(store.folder, "trash");
  for (const { path } of await listFiles(trash)) {
    const place = path.replace(/^(blobs|records)-([0-9a-f]{2})-/, "$1/$2/");
    try {
      if (objectHash(place) === undefined) await rm(join(trash, path));
      else {
        await mkdir(join(store.folder, place, ".."), { recursive: true });
        await rename(join(trash, path), join(store.folder, place));
      }
    } catch (cause) {
      throw storeFault(cause, "put back what an interrupted gc had set aside", join(trash, path));
    }
  }
}
