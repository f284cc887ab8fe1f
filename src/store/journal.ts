/**
 * The journal of an episode under way: what the agent adds reaches the disk, in order, before `commit` resolves.
 *
 * Opened again after an interruption it replays: the agent is run from the start, each entry it makes must equal the recorded one, and
 * when the recording ends, entries are appended. So a resumed trace is the uninterrupted one, byte for byte.
 */
import { mkdirSync } from "node:fs";
import { StoreError } from "../core/errors.ts";
import type { JournalEntry, JournalSink } from "../core/journal.ts";
import { applyEntry, type FilesByName } from "../core/journal-files.ts";
import { AppendFile } from "../platform/append-file.ts";
import { syncFolder } from "../platform/atomic-write.ts";
import { storeFault } from "./fault.ts";
import { formatLines } from "./journal-line.ts";
import { cutTail, type JournalPart, listParts, livePath, readPart, sealPart } from "./journal-parts.ts";
import { JournalRecording } from "./journal-recording.ts";
import { segmentOf, segmentStart } from "./segment.ts";
import { TraceEncoder } from "./text-table.ts";

interface OpenPart {
  segment: number;
  file: AppendFile;
  checksum: number;
}

interface PendingLines {
  segment: number;
  texts: string[];
}

export class EpisodeJournal implements JournalSink {
  readonly #folder: string;
  readonly #recording: JournalRecording;
  /** Checksum at the end of the last recorded part, which is appended to. */
  readonly #recordedEnd: { segment: number; checksum: number } | undefined;
  readonly #files: FilesByName = new Map();
  #encoder = new TraceEncoder();
  #segment = -1;
  #pending: PendingLines[] = [];
  #out: OpenPart | undefined;
  #writing: Promise<void> = Promise.resolve();
  #sealing: Promise<void> = Promise.resolve();
  #fault: unknown;

  private constructor(
    folder: string,
    parts: readonly JournalPart[],
    recordedEnd: { segment: number; checksum: number } | undefined,
  ) {
    this.#folder = folder;
    this.#recording = new JournalRecording(parts);
    this.#recordedEnd = recordedEnd;
  }

  /**
   * Opens or makes the journal in `folder`. One process at a time (the run's lock sees to it). A torn tail is cut off.
   * Throws `StoreError`: `damaged-journal`, `corrupt-blob`, or a disk fault.
   */
  static async open(folder: string): Promise<EpisodeJournal> {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (cause) {
      throw storeFault(cause, "make the journal's folder", folder);
    }
    const parts = listParts(folder);
    const last = parts.at(-1);
    if (last === undefined) return new EpisodeJournal(folder, [], undefined);
    const { texts, soundBytes, checksum } = readPart(last, true);
    if (last.sealed === undefined) cutTail(last, soundBytes);
    const journal = new EpisodeJournal(folder, parts, { segment: last.segment, checksum });
    const full = parts.slice(0, texts.length > 0 ? -1 : -2).filter((part) => part.sealed === undefined);
    for (const part of full) await sealPart(folder, part.segment);
    return journal;
  }

  /** True while recorded entries are met again; nothing is written then. */
  get replaying(): boolean {
    return !this.#recording.exhausted;
  }

  /** The recorded entry that must be met next; `undefined` when not replaying. */
  next(): JournalEntry | undefined {
    return this.#recording.next();
  }

  /** Throws `StoreError` `replay-diverged`. */
  add(entry: JournalEntry): void {
    const segment = segmentOf(entry, Math.max(this.#segment, 0));
    applyIfStart(this.#files, entry);
    if (segment !== this.#segment) {
      this.#segment = segment;
      this.#encoder = new TraceEncoder();
      this.#emit(segmentStart(segment, this.#files));
    }
    if (entry.kind !== "episode-start") applyEntry(this.#files, entry);
    this.#emit(entry);
  }

  /** Throws `StoreError`: `replay-diverged`, or a disk fault; after a disk fault the journal takes nothing more. */
  async commit(entry: JournalEntry): Promise<void> {
    this.add(entry);
    await this.flush();
  }

  /** Resolves when all that was added is on disk. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Writes what is pending and closes the files. Throws what a write threw. */
  async close(): Promise<void> {
    try {
      if (this.#fault === undefined) await this.flush();
      await this.#sealing;
    } finally {
      await this.#out?.file.close();
      this.#out = undefined;
    }
  }

  /** Closes the files without writing what is pending, after a fault. Never throws. */
  async abandon(): Promise<void> {
    this.#pending = [];
    await this.close().catch((fault) => {
      this.#fault = fault;
    });
  }

  #emit(value: unknown): void {
    const text = this.#encoder.encode(value);
    if (this.replaying) {
      this.#recording.match(value, text);
      return;
    }
    const last = this.#pending.at(-1);
    if (last?.segment === this.#segment) last.texts.push(text);
    else this.#pending.push({ segment: this.#segment, texts: [text] });
  }

  async #write(): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    const pending = this.#pending;
    this.#pending = [];
    try {
      for (const { segment, texts } of pending) {
        const full = this.#out?.segment;
        const out = full === segment && this.#out ? this.#out : await this.#openPart(segment);
        const { text, checksum } = formatLines(texts, out.checksum);
        out.file.append(text);
        await out.file.sync();
        out.checksum = checksum;
        if (full !== undefined && full !== segment) this.#seal(full);
      }
    } catch (cause) {
      this.#fault = storeFault(cause, "write the journal", this.#folder);
      throw this.#fault;
    }
  }

  async #openPart(segment: number): Promise<OpenPart> {
    await this.#out?.file.close();
    this.#out = undefined;
    const file = new AppendFile(livePath(this.#folder, segment));
    await syncFolder(this.#folder);
    const checksum = this.#recordedEnd?.segment === segment ? this.#recordedEnd.checksum : 0;
    this.#out = { segment, file, checksum };
    return this.#out;
  }

  /** In the background, after the next segment's first write; a fault shows at the next commit or at `close`. */
  #seal(segment: number): void {
    const sealing = this.#sealing.then(() => sealPart(this.#folder, segment));
    this.#sealing = sealing;
    sealing.catch((cause) => {
      this.#fault ??= storeFault(cause, "seal a journal segment", this.#folder);
    });
  }
}

/** The first segment's snapshot holds the seeded files. A second start would mean two episodes in one journal. */
function applyIfStart(files: FilesByName, entry: JournalEntry): void {
  if (entry.kind !== "episode-start") return;
  if (files.size > 0) throw new StoreError("An episode was started twice in one journal.", { code: "corrupt-journal" });
  applyEntry(files, entry);
}
