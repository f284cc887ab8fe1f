/**
 * The memory folder of one episode: exact texts by name, held in memory, within limits. The journal is what survives; `restore` and
 * `snapshot` go between the two. A refusal is a value whose text a small model can act on; it leaves the folder as it was.
 */

import type { FileChange } from "../core/journal-files.ts";
import type { MemoryFile } from "../core/memory-op.ts";
import type { MemoryLimits } from "../core/run-settings.ts";
import type { MemoryReader } from "../core/scaffold.ts";
import { fileNameFault, fileNameKey } from "./file-name.ts";
import { cleanText, countNewlines } from "./stored-text.ts";

export type FolderAnswer =
  | {
      ok: true;
      change: FileChange;
      /** The file before; `undefined` if there was none. */
      before: MemoryFile | undefined;
      /** The file after; `undefined` if it was removed. */
      after: MemoryFile | undefined;
      /** Characters that could not be stored, each now U+FFFD. */
      replaced: number;
    }
  | { ok: false; refusal: string };

/** A state to go back to. Cheap: texts are shared. */
export interface FolderCheckpoint {
  readonly files: ReadonlyMap<string, StoredFile>;
}

/** Counts are kept beside the text, so that an append never has to read what is there (the text may be a rope). */
interface StoredFile {
  readonly text: string;
  readonly newlines: number;
  readonly endsLine: boolean;
}

export class MemoryFolder implements MemoryReader {
  readonly limits: MemoryLimits;
  private files = new Map<string, StoredFile>();
  private names = new Map<string, string>();
  private total = 0;
  private index: MemoryFile[] | undefined;

  constructor(limits: MemoryLimits) {
    this.limits = limits;
  }

  /** UTF-16 code units in all files. */
  get characters(): number {
    return this.total;
  }

  /** The files in order of name (by code unit). */
  list(): MemoryFile[] {
    this.index ??= [...this.files.keys()].sort().map((name) => this.stat(name)!);
    return this.index.map((file) => ({ ...file }));
  }

  read(file: string): string | undefined {
    return this.files.get(file)?.text;
  }

  stat(file: string): MemoryFile | undefined {
    const stored = this.files.get(file);
    return stored && { name: file, characters: stored.text.length, lines: lineCount(stored) };
  }

  /** The existing name that differs from `file` at most in case. */
  sameName(file: string): string | undefined {
    return this.names.get(fileNameKey(file));
  }

  /** Replaces the content, or makes the file. */
  write(file: string, text: string): FolderAnswer {
    const clean = cleanText(text);
    const next = { text: clean.text, newlines: countNewlines(clean.text), endsLine: endsLine(clean.text) };
    return this.put(file, next, { file, change: "replace", text: clean.text }, clean.replaced);
  }

  /** Adds `text` at the end, on a line of its own: after a text that does not end its line a newline comes first. Makes a missing file. */
  append(file: string, text: string): FolderAnswer {
    const clean = cleanText(text);
    const stored = this.files.get(file);
    if (stored === undefined) return this.write(file, text);
    const added = stored.endsLine ? clean.text : `\n${clean.text}`;
    const next = {
      text: stored.text + added,
      newlines: stored.newlines + countNewlines(added),
      endsLine: added === "" ? stored.endsLine : endsLine(added),
    };
    return this.put(file, next, { file, change: "append", text: added }, clean.replaced);
  }

  remove(file: string): FolderAnswer {
    const before = this.stat(file);
    if (before === undefined) return { ok: false, refusal: `There is no file ${file}.` };
    this.files.delete(file);
    this.names.delete(fileNameKey(file));
    this.total -= before.characters;
    this.index = undefined;
    return { ok: true, change: { file, change: "remove", text: "" }, before, after: undefined, replaced: 0 };
  }

  /** Puts these files in place of all others. On a refusal (returned as text) nothing changes. */
  restore(files: { readonly [file: string]: string }): string | undefined {
    const before = this.checkpoint();
    this.rollback({ files: new Map() });
    for (const [file, text] of Object.entries(files)) {
      const answer = this.write(file, text);
      if (answer.ok) continue;
      this.rollback(before);
      return `${file}: ${answer.refusal}`;
    }
    return undefined;
  }

  /** Exact texts by name, in order of name. */
  snapshot(): { [file: string]: string } {
    return Object.fromEntries(this.list().map(({ name }) => [name, this.files.get(name)!.text]));
  }

  checkpoint(): FolderCheckpoint {
    return { files: new Map(this.files) };
  }

  rollback(checkpoint: FolderCheckpoint): void {
    this.files = new Map(checkpoint.files);
    this.names = new Map([...this.files.keys()].map((name) => [fileNameKey(name), name]));
    this.total = [...this.files.values()].reduce((sum, file) => sum + file.text.length, 0);
    this.index = undefined;
  }

  private put(file: string, next: StoredFile, change: FileChange, replaced: number): FolderAnswer {
    const refusal = this.refusal(file, next.text.length);
    if (refusal !== undefined) return { ok: false, refusal };
    const before = this.stat(file);
    this.total += next.text.length - (before?.characters ?? 0);
    this.files.set(file, next);
    this.names.set(fileNameKey(file), file);
    this.index = undefined;
    return { ok: true, change, before, after: this.stat(file), replaced };
  }

  /** Why `file` cannot hold `characters`. */
  private refusal(file: string, characters: number): string | undefined {
    const present = this.files.get(file);
    if (present === undefined) {
      const fault = fileNameFault(file);
      if (fault !== undefined) return fault;
      const twin = this.sameName(file);
      if (twin !== undefined) return `${twin} exists; names that differ only in case are not allowed. Use ${twin}`;
      if (this.files.size >= this.limits.files) {
        return `The folder is full: ${this.files.size} files, the limit is ${this.limits.files}. Use a file that exists.`;
      }
    }
    const { fileCharacters, folderCharacters } = this.limits;
    if (characters > fileCharacters) {
      return `Too long: ${file} would hold ${characters} characters, the limit for a file is ${fileCharacters}. Make it shorter with WRITE, or use another file.`;
    }
    const total = this.total - (present?.text.length ?? 0) + characters;
    if (total > folderCharacters) {
      return `The folder is full: it would hold ${total} characters, the limit is ${folderCharacters}. Make a file shorter with WRITE.`;
    }
    return undefined;
  }
}

function endsLine(text: string): boolean {
  return text === "" || text.endsWith("\n");
}

function lineCount(file: StoredFile): number {
  return file.newlines + (file.endsLine ? 0 : 1);
}
