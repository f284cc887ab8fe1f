/** The lines of the memory folder. Part of a scaffold package: runs in the sandbox. */
import { lines, type MemoryReader } from "automem";

export interface NoteLine {
  file: string;
  text: string;
}

/** Lines read of one file at most, from its end: a hook has a limit of work. */
const linesOfFile = 300;
const charactersOfFile = 20_000;

/** Lines that are not empty, file by file. */
export function noteLines(memory: MemoryReader): NoteLine[] {
  const found: NoteLine[] = [];
  for (const { name } of memory.list()) {
    const content = (memory.read(name) ?? "").slice(-charactersOfFile);
    for (const text of lines(content).slice(-linesOfFile)) {
      if (text.trim() !== "") found.push({ file: name, text: text.trim() });
    }
  }
  return found;
}

/** For comparing lines: case and space do not count. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}
