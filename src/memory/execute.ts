/** Runs one base operation on the folder. Texts are for a small model: short, and saying what can be done next. */
import type { BaseOperationName, MemoryOperation } from "../core/memory-op.ts";
import type { OperationOutcome } from "./answers.ts";
import { lastLines, showBeginning, showEnd } from "./display.ts";
import type { FolderAnswer, MemoryFolder } from "./folder.ts";
import { shortLine } from "./stored-text.ts";

/** DONE and ACTION end a phase; the agent handles them. */
export type FolderOperationName = Exclude<BaseOperationName, "DONE" | "ACTION">;

type Runner = (folder: MemoryFolder, given: readonly string[]) => OperationOutcome;

const runners: Record<FolderOperationName, Runner> = {
  READ: (folder, [file = ""]) => onText(folder, file, (text) => showEnd(text, shown(folder, Number.POSITIVE_INFINITY))),
  TAIL: (folder, [file = "", count = ""]) =>
    onText(folder, file, (text) => showEnd(lastLines(text, Number(count)), shown(folder))),
  COUNT: (folder, [file = ""]) => {
    const found = folder.stat(file);
    if (found === undefined) return missing(folder, file);
    return { status: "ok", text: `${file} has ${lines(found.lines)}, ${found.characters} characters.` };
  },
  SEARCH: (folder, [file = "", keyword = ""]) => search(folder, file, keyword),
  APPEND: (folder, [file = "", text = ""]) => {
    if (text === "") return { status: "refused", text: "There is no text to add." };
    return written(folder, file, folder.append(file, text));
  },
  WRITE: (folder, [file = "", text = ""]) => written(folder, file, folder.write(file, text)),
  CREATE: (folder, [file = ""]) => {
    if (folder.stat(file) !== undefined) {
      return { status: "refused", text: `${file} exists already. Add to it with <|APPEND|>${file}|text<|END|>` };
    }
    return written(folder, file, folder.write(file, ""));
  },
};

export function isFolderOperation(name: string): name is FolderOperationName {
  return Object.hasOwn(runners, name);
}

/**
 * Runs a well-formed operation whose arguments passed `checkOperation`. A result's text is at most `resultCharacters` long; a read that is
 * longer shows its end and says so. Only an `ok` write changes the folder. Deterministic.
 */
export function runFolderOperation(
  folder: MemoryFolder,
  name: FolderOperationName,
  operation: MemoryOperation,
): OperationOutcome {
  const outcome = runners[name](folder, operation.arguments);
  return { ...outcome, text: showBeginning(outcome.text, folder.limits.resultCharacters) };
}

function onText(folder: MemoryFolder, file: string, show: (text: string) => string): OperationOutcome {
  const text = folder.read(file);
  if (text === undefined) return missing(folder, file);
  return text === "" ? { status: "empty", text: `${file} is empty.` } : { status: "ok", text: show(text) };
}

/** Plain substring in any case; the last matches are shown, without line numbers. */
function search(folder: MemoryFolder, file: string, keyword: string): OperationOutcome {
  const text = folder.read(file);
  if (text === undefined) return missing(folder, file);
  const wanted = keyword.toLowerCase();
  const found = text.split("\n").filter((line) => line.toLowerCase().includes(wanted));
  if (found.length > 0) return { status: "ok", text: showEnd(found.join("\n"), shown(folder), "matching lines") };
  return { status: "empty", text: `No line of ${file} contains "${shortLine(keyword, 60)}". ${existing(folder)}` };
}

function written(folder: MemoryFolder, file: string, answer: FolderAnswer): OperationOutcome {
  if (!answer.ok) return { status: "refused", text: answer.refusal };
  const now = lines(answer.after?.lines ?? 0);
  const verb = answer.before === undefined ? "Created" : answer.change.change === "append" ? "Added to" : "Replaced";
  const replaced = answer.replaced === 0 ? "" : ` ${answer.replaced} characters that cannot be stored became \uFFFD.`;
  const room = folder.limits.fileCharacters - (answer.after?.characters ?? 0);
  const full = room * 10 < folder.limits.fileCharacters ? ` Only ${room} characters are left in it.` : "";
  return { status: "ok", text: `${verb} ${file}: now ${now}.${replaced}${full}`, writes: [answer.change] };
}

function missing(folder: MemoryFolder, file: string): OperationOutcome {
  const twin = folder.sameName(file);
  const hint = twin === undefined ? existing(folder) : `Did you mean ${twin}?`;
  return { status: "empty", text: `There is no file ${file}. ${hint}` };
}

/** Names of the files, as many as fit in a few lines. */
function existing(folder: MemoryFolder): string {
  const names = folder.list().map(({ name }) => name);
  if (names.length === 0) return "There are no files yet.";
  const few = names.slice(0, 20);
  const more = names.length > few.length ? ` and ${names.length - few.length} more` : "";
  return `Files: ${few.join(", ")}${more}.`;
}

function shown(folder: MemoryFolder, lineLimit = folder.limits.resultLines): { characters: number; lines: number } {
  return { characters: folder.limits.resultCharacters, lines: lineLimit };
}

function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}
