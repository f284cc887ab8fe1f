/** Checks the journal of an episode under way: every byte of every file in its folder. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../../core/errors.ts";
import { decompressVerified, hasCheckFrame } from "../compressed.ts";
import { isMissing, storeFault } from "../fault.ts";
import { parseLines } from "../journal-line.ts";
import { listFiles } from "../list-files.ts";
import { decodeSegment, segmentTexts } from "../segment.ts";

export interface JournalCheck {
  damage: { name: string; problem: string }[];
  remarks: { name: string; remark: string }[];
  /** Sealed files without a check frame. */
  unchecked: number;
}

/** `folder` may be absent: nothing was played yet. Throws `StoreError` only if the disk cannot be read. */
export async function checkJournal(folder: string): Promise<JournalCheck> {
  const found: JournalCheck = { damage: [], remarks: [], unchecked: 0 };
  const segments = new Set<number>();
  for (const { path: name } of await listFiles(folder)) {
    const match = /^journal-(\d{4,})\.(?:jsonl|([0-9a-f]{64})\.zst)$/.exec(name);
    const bytes = match === null ? undefined : await readIfThere(join(folder, name));
    if (match === null)
      found.remarks.push({ name, remark: "not a file of a journal; gc removes it if it ends with .tmp" });
    if (match === null || bytes === undefined) continue;
    const [, digits = "", sealed] = match;
    segments.add(Number(digits));
    if (sealed === undefined) checkLive(found, name, bytes);
    else checkSealed(found, name, bytes, sealed);
  }
  for (let segment = 0; segment < segments.size; segment++) {
    if (segments.has(segment)) continue;
    found.damage.push({ name: "", problem: `segment ${segment} is missing` });
    break;
  }
  return found;
}

function checkSealed(found: JournalCheck, name: string, bytes: Uint8Array, hash: string): void {
  if (!hasCheckFrame(bytes)) found.unchecked++;
  try {
    const plain = decompressVerified(hash, bytes, name);
    decodeSegment(segmentTexts(new TextDecoder("utf-8", { ignoreBOM: true }).decode(plain)), name);
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    found.damage.push({ name, problem: cause.message });
  }
}

/**
 * A process that was killed leaves at most a beginning of its last write. So an end without a line break may be such a beginning; a whole
 * line that does not match its checksum is damage, wherever it stands (or what a power failure left of a write that was not committed).
 */
function checkLive(found: JournalCheck, name: string, bytes: Uint8Array): void {
  const { texts, soundBytes, damage } = parseLines(bytes);
  if (damage === undefined) {
    try {
      if (texts.length > 0) decodeSegment(texts, name);
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      found.damage.push({ name, problem: cause.message });
    }
    return;
  }
  const tail = bytes.subarray(soundBytes);
  if (damage.kind === "torn-tail" && !tail.includes(10) && !endsWithDamagedBreak(bytes)) {
    const remark = `ends with ${tail.length} bytes of a write that was never committed; resume cuts them off`;
    found.remarks.push({ name, remark });
  } else {
    found.damage.push({ name, problem: `line ${damage.line} does not match its checksum` });
  }
}

/** True if the last line is whole and only its line break is not one. */
function endsWithDamagedBreak(bytes: Uint8Array): boolean {
  const mended = Uint8Array.from(bytes);
  mended[mended.length - 1] = 10;
  return parseLines(mended).damage === undefined;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw storeFault(cause, "read the journal", path);
  }
}
