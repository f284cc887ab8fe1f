/**
 * An episode's end: from journal to record. In this order, each step safe to do again after a crash: segments and memory files become
 * blobs, the record is written, the episode's state names it, the journal goes.
 */
import { rm } from "node:fs/promises";
import type { Hash } from "../core/hash.ts";
import type { FilesByName } from "../core/journal-files.ts";
import { applyEntry } from "../core/journal-files.ts";
import type { EpisodeRecord, TraceSegment } from "../core/records.ts";
import type { BlobStore } from "./blobs.ts";
import { storeFault } from "./fault.ts";
import { listParts, readPart, readSealed } from "./journal-parts.ts";
import type { RecordStore } from "./records.ts";
import { EpisodeState, readRunFile, writeRunFile } from "./run-files.ts";
import { decodeSegment, segmentBlob, stepsPerSegment } from "./segment.ts";

/** What the record says that the trace does not. */
export type EpisodeFacts = Omit<EpisodeRecord, "schema" | "trace" | "memory">;

export interface FinishPlace {
  blobs: BlobStore;
  records: RecordStore;
  /** The episode's journal folder; closed and complete. */
  journalFolder: string;
  /** The episode's state file. */
  statePath: string;
}

/** Returns the hash of the episode's record. Throws `StoreError`. */
export async function finishEpisode(place: FinishPlace, facts: EpisodeFacts, attempts: number): Promise<Hash> {
  const { trace, files } = await keepTrace(place.blobs, place.journalFolder);
  const memory: EpisodeRecord["memory"] = Object.create(null);
  for (const [name, text] of files) memory[name] = await place.blobs.put(text);
  const record = await place.records.put<"automem.episode/1">({ schema: "automem.episode/1", ...facts, trace, memory });
  const { task, seed } = facts;
  await writeRunFile(place.statePath, {
    schema: "automem.episode-state/1",
    task,
    seed,
    status: "finished",
    attempts,
    record,
  });
  await removeJournal(place.journalFolder);
  return record;
}

/** If the state says finished but the journal is still there (a crash between), it goes now. Returns the state. */
export async function completeFinish(place: FinishPlace): Promise<EpisodeState | undefined> {
  const state = await readRunFile(place.statePath, EpisodeState);
  if (state?.status === "finished") await removeJournal(place.journalFolder);
  return state;
}

/** Segments as blobs, and the memory folder at the end. */
async function keepTrace(blobs: BlobStore, folder: string): Promise<{ trace: TraceSegment[]; files: FilesByName }> {
  const trace: TraceSegment[] = [];
  const parts = listParts(folder);
  let files: FilesByName = new Map();
  for (const part of parts) {
    const last = part === parts.at(-1);
    const firstStep = part.segment * stepsPerSegment;
    let lastStep = firstStep + stepsPerSegment - 1;
    if (part.sealed !== undefined && !last) {
      await blobs.putCompressed(part.sealed, await readSealed(part));
      trace.push({ firstStep, lastStep, blob: part.sealed });
      continue;
    }
    const { texts } = readPart(part, last);
    if (last) {
      lastStep = firstStep;
      const { start, entries } = decodeSegment(texts, part.path);
      files = new Map(start.files);
      for (const entry of entries) {
        applyEntry(files, entry);
        if ("stepIndex" in entry) lastStep = entry.stepIndex;
      }
    }
    trace.push({ firstStep, lastStep, blob: await blobs.put(segmentBlob(texts)) });
  }
  return { trace, files };
}

async function removeJournal(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (cause) {
    throw storeFault(cause, "remove the finished journal", folder);
  }
}
