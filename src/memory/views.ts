/** What scaffold hooks see of the memory folder: reading, or writing with every use reported. */
import { AutomemError } from "../core/errors.ts";
import type { MemoryReader, MemoryWriter } from "../core/scaffold.ts";
import type { FolderAnswer, MemoryFolder } from "./folder.ts";

/** Thrown into a scaffold's hook when the folder refuses its write; the scaffold may catch it. */
export class MemoryRefusedError extends AutomemError {}

/** One write of a hook, done or refused. */
export interface HookWrite {
  name: "WRITE" | "APPEND" | "REMOVE";
  file: string;
  answer: FolderAnswer;
}

export function memoryReader(folder: MemoryFolder): MemoryReader {
  return { list: () => folder.list(), read: (file) => folder.read(file) };
}

/**
 * Runs `hook` with write access; each write goes through the folder's limits and is reported, refused ones too.
 * A refused write throws `MemoryRefusedError` (`memory-refused`) in the hook; so does any write after the hook has returned (`writer-closed`).
 */
export function withWriter(
  folder: MemoryFolder,
  report: (write: HookWrite) => void,
  hook: (writer: MemoryWriter) => void,
): void {
  let open = true;
  const perform = (name: HookWrite["name"], file: string, work: () => FolderAnswer): void => {
    if (!open) throw new MemoryRefusedError(`${name} ${file}: the hook has returned.`, { code: "writer-closed" });
    const answer = work();
    report({ name, file, answer });
    if (!answer.ok)
      throw new MemoryRefusedError(`${name} ${file}: ${answer.refusal}`, { code: "memory-refused", data: { file } });
  };
  try {
    hook({
      ...memoryReader(folder),
      write: (file, text) => perform("WRITE", file, () => folder.write(file, text)),
      append: (file, text) => perform("APPEND", file, () => folder.append(file, text)),
      remove: (file) => perform("REMOVE", file, () => folder.remove(file)),
    });
  } finally {
    open = false;
  }
}
