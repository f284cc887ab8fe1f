/** Is the home there, may it be written, is there room, and can this automem read its store? */
import { readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import { AutomemError, messageOf } from "../../core/errors.ts";
import { Store } from "../../store/store.ts";
import { checkVersion } from "../../store/version.ts";
import type { App } from "../app.ts";

const GIB = 1024 ** 3;
/** A long run with its plugins and a small model. */
const COMFORTABLE_BYTES = 2 * GIB;
const LEAST_BYTES = 0.2 * GIB;

/** A home that is not there yet is no fault; nothing is made. */
export async function homeLines({ home }: App): Promise<CheckLine[]> {
  const exists = await isFolder(home.folder);
  const nearest = await nearestEntry(home.folder);
  if (!(await isFolder(nearest))) {
    return [failLine("home", `${nearest} is no folder`, "Move it away, or point AUTOMEM_HOME elsewhere.")];
  }
  const lines = [await writableLine(home.folder, nearest, exists)];
  const room = await statfs(nearest).catch(() => undefined);
  if (room !== undefined) lines.push(judgeDisk(nearest, room.bavail * room.bsize));
  lines.push(await storeLine(home.store));
  return lines;
}

/** Pure. */
export function judgeDisk(folder: string, freeBytes: number): CheckLine {
  const found = `${(freeBytes / GIB).toFixed(1)} GiB free at ${folder}`;
  if (freeBytes >= COMFORTABLE_BYTES) return okLine("disk", found);
  const cost = "Make room, or point AUTOMEM_HOME to another disk: a run stops when it cannot write.";
  return freeBytes >= LEAST_BYTES ? warnLine("disk", found, cost) : failLine("disk", found, cost);
}

async function writableLine(home: string, nearest: string, exists: boolean): Promise<CheckLine> {
  const probe = join(nearest, `.automem-doctor-${crypto.randomUUID().slice(0, 8)}`);
  try {
    await writeFile(probe, "x", { flush: true });
    await rm(probe);
  } catch (cause) {
    const cost = "Give yourself the right to write there, or point AUTOMEM_HOME elsewhere.";
    return failLine("home", `${home}: ${messageOf(cause)}`, cost);
  }
  return okLine("home", exists ? home : `${home}, made at first use`);
}

async function storeLine(folder: string): Promise<CheckLine> {
  const path = join(folder, "version.json");
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => cause);
  if (text instanceof Error) {
    if (text.code !== "ENOENT") return failLine("store", messageOf(text), "Make it readable.");
    const others = await readdir(folder).catch(() => []);
    if (others.length === 0) return okLine("store", "none yet");
    return failLine("store", `${folder} holds files but no version.json`, "Point AUTOMEM_HOME elsewhere.");
  }
  try {
    checkVersion(text, path);
    const runs = (await Store.forCheck(folder).runs.ids()).length;
    return okLine("store", `${runs} ${runs === 1 ? "run" : "runs"}; automem store fsck checks every file`);
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    return failLine("store", fault.code, fault.message);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** The path itself, or the nearest one above it where there is something. */
async function nearestEntry(path: string): Promise<string> {
  for (let entry = path; ; entry = dirname(entry)) {
    const there = await stat(entry).then(
      () => true,
      (cause: NodeJS.ErrnoException) => cause.code !== "ENOENT" && cause.code !== "ENOTDIR",
    );
    if (there || dirname(entry) === entry) return entry;
  }
}
