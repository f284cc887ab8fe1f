/**
 * The files of an episode under way, one for each segment:
 *
 *   journal-0002.jsonl           being written, or not yet sealed: lines with checksums (journal-line.ts)
 *   journal-0001.HASH.zst        sealed: the segment's blob, compressed, with its hash in its name
 */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readdirSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../core/errors.ts";
import { type Hash, hashBytes } from "../core/hash.ts";
import type { JournalEntry } from "../core/journal.ts";
import { compressContent, decompressVerified } from "./compressed.ts";
import { isMissing, storeFault, writeStoreFile } from "./fault.ts";
import { type ParsedLines, parseLines } from "./journal-line.ts";
import { decodeSegment, segmentBlob, segmentTexts } from "./segment.ts";

export interface JournalPart {
  segment: number;
  path: string;
  /** Hash of the plain content, if sealed. */
  sealed?: Hash;
}

/** Sound lines of a part, without checksums. */
export type PartLines = Omit<ParsedLines, "damage">;

export function livePath(folder: string, segment: number): string {
  return join(folder, `journal-${String(segment).padStart(4, "0")}.jsonl`);
}

/** Parts in order; where a part is there both sealed and live (a crash between), the sealed one. Empty if there is no folder. */
export function listParts(folder: string): JournalPart[] {
  const parts = new Map<number, JournalPart>();
  for (const name of readNames(folder)) {
    const match = /^journal-(\d{4,})\.(?:jsonl|([0-9a-f]{64})\.zst)$/.exec(name);
    if (match === null) continue;
    const [, digits = "", sealed] = match;
    const segment = Number(digits);
    const path = join(folder, name);
    if (sealed !== undefined) parts.set(segment, { segment, path, sealed });
    else if (!parts.has(segment)) parts.set(segment, { segment, path });
  }
  const ordered = [...parts.values()].sort((one, other) => one.segment - other.segment);
  ordered.forEach((part, index) => {
    if (part.segment !== index) throw damaged(folder, `segment ${index} is missing`);
  });
  return ordered;
}

/**
 * Reads a part. A torn tail is left out (it was never committed); in a part that is not the `last` it is damage, as anything else is.
 * Throws `StoreError`: `damaged-journal`, `corrupt-blob`, `missing-file`.
 */
export function readPart(part: JournalPart, last: boolean): PartLines {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(part.path);
  } catch (cause) {
    throw storeFault(cause, "read the journal", part.path);
  }
  if (part.sealed !== undefined) {
    const plain = decompressVerified(part.sealed, bytes, part.path);
    return {
      texts: segmentTexts(new TextDecoder("utf-8", { ignoreBOM: true }).decode(plain)),
      soundBytes: 0,
      checksum: 0,
    };
  }
  const { damage, ...lines } = parseLines(bytes);
  if (damage !== undefined && (damage.kind === "damaged-middle" || !last)) {
    throw damagedLine(part.path, damage.line);
  }
  return lines;
}

/** The entries of a journal, in order, one segment in memory at a time. */
export function* journalEntries(folder: string): Generator<JournalEntry> {
  const parts = listParts(folder);
  for (const part of parts) {
    const { texts } = readPart(part, part === parts.at(-1));
    if (texts.length > 0) yield* decodeSegment(texts, part.path).entries;
  }
}

/** Cuts a live part after its sound lines, so that it can be appended to. */
export function cutTail(part: JournalPart, soundBytes: number): void {
  try {
    const file = openSync(part.path, "r+");
    try {
      ftruncateSync(file, soundBytes);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw storeFault(cause, "cut the journal's torn end", part.path);
  }
}

/** Compresses a full part in place. A crash in between leaves both files, and the sealed one counts. */
export async function sealPart(folder: string, segment: number): Promise<void> {
  const path = livePath(folder, segment);
  const { texts } = readPart({ segment, path }, false);
  const blob = Buffer.from(segmentBlob(texts));
  const sealed = join(folder, `journal-${String(segment).padStart(4, "0")}.${hashBytes(blob)}.zst`);
  await writeStoreFile(sealed, await compressContent(blob), "seal a journal segment");
  await rm(path);
}

/** The compressed bytes of a sealed part. */
export async function readSealed(part: JournalPart): Promise<Uint8Array> {
  try {
    return await readFile(part.path);
  } catch (cause) {
    throw storeFault(cause, "read a sealed journal segment", part.path);
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw storeFault(cause, "list the journal", folder);
  }
}

/** Of a line that was committed. */
export function damagedLine(path: string, line: number): StoreError {
  return damaged(path, `line ${line} does not match its checksum, and later lines were written after it`);
}

function damaged(where: string, found: string): StoreError {
  return new StoreError(
    `The journal ${where} is damaged: ${found}. Restore it from a backup, or delete the episode's journal folder to play it anew.`,
    { code: "damaged-journal", data: { where } },
  );
}
