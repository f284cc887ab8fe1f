/** What became of one line of memory: when it was written and taken away, each time it came into sight, and the action that followed. */
import type { JournalEntry, OperationEntry } from "../../core/journal.ts";
import { applyEntry, type FilesByName } from "../../core/journal-files.ts";
import type { Phase } from "../../core/memory-op.ts";
import type { Clock } from "../../platform/clock.ts";
import type { EpisodeReader } from "../../store/episode-reader.ts";
import { type ScannedStep, type ScanPlan, scan } from "./scan.ts";

export interface LineEvent {
  stepIndex: number;
  /** `read`: an operation answered with it. `shown`: a prompt had it without being asked. */
  kind: "written" | "removed" | "read" | "shown";
  phase: Phase | undefined;
  callIndex: number | undefined;
  actor: "model" | "scaffold";
  /** As it was run; absent for `shown` and for a file that was there from the start. */
  operation: string | undefined;
  /** The action of that step; absent while it is under way. */
  action: string | undefined;
}

export interface LineHistory {
  events: LineEvent[];
  /** Segment to ask from next; absent when all was looked through. */
  next: number | undefined;
}

/** `line` as it stands in the file, without what is white at its ends. Events in order. */
export async function lineHistory(
  reader: EpisodeReader,
  clock: Clock,
  { file, line, ...plan }: ScanPlan & { file: string; line: string },
): Promise<LineHistory> {
  const wanted = line.trim();
  const events: LineEvent[] = [];
  const next = await scan(reader, clock, plan, ({ files, steps }) => {
    for (const step of steps) events.push(...eventsOf(step, files, file, wanted));
    return events.length < 500 ? "more" : "enough";
  });
  return { events, next };
}

function eventsOf({ stepIndex, entries }: ScannedStep, files: FilesByName, file: string, line: string): LineEvent[] {
  const action = entries.find((entry) => entry.kind === "action")?.action;
  const events: LineEvent[] = [];
  const add = (kind: LineEvent["kind"], of: Partial<LineEvent>) =>
    events.push({
      stepIndex,
      kind,
      phase: undefined,
      callIndex: undefined,
      actor: "model",
      operation: undefined,
      action,
      ...of,
    });
  for (const entry of entries) {
    const before = holds(files, file, line);
    applyEntry(files, entry);
    const after = holds(files, file, line);
    if (entry.kind === "operation") {
      const { phase, callIndex, actor } = entry;
      const of = { phase, callIndex, actor, operation: operationText(entry) };
      if (before !== after) add(after ? "written" : "removed", of);
      else if (
        before &&
        entry.writes === undefined &&
        !looksElsewhere(entry, files, file) &&
        hasLine(entry.result, line)
      )
        add("read", of);
    } else if (entry.kind === "call" && before) {
      const { phase, callIndex } = entry;
      if (shows(entry, line)) add("shown", { phase, callIndex });
    } else if (entry.kind === "episode-start" && after) add("written", { actor: "scaffold" });
  }
  return events;
}

function holds(files: FilesByName, file: string, line: string): boolean {
  return hasLine(files.get(file) ?? "", line);
}

function hasLine(text: string, line: string): boolean {
  return text.includes(line) && text.split("\n").some((one) => one.trim() === line);
}

/** A look-up that names another file of the folder found the line there. */
function looksElsewhere({ arguments: [first = ""] }: OperationEntry, files: FilesByName, file: string): boolean {
  return first !== file && files.has(first);
}

/** In what a hook or the engine put before the model: not in answers to its own operations, which are events of their own. */
function shows({ added, callIndex }: Extract<JournalEntry, { kind: "call" }>, line: string): boolean {
  if (callIndex > 0) return false;
  return added.some(({ role, content }) => role !== "assistant" && hasLine(content, line));
}

function operationText({ name, arguments: given }: OperationEntry): string {
  return [name, ...given].join(" ");
}
