import { describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../src/core/journal.ts";
import { applyEntry, type FilesByName } from "../../src/core/journal-files.ts";

const start: JournalEntry = {
  kind: "episode-start",
  task: "t",
  seed: 1,
  gameOptions: {},
  instruction: "",
  actions: [{ name: "noop", description: "" }],
  defaultAction: "noop",
  maxSteps: 3,
  scaffold: { name: "s", version: "1.0.0", hash: "0".repeat(64) },
  files: { a: "x", b: "y" },
};

function operation(
  stepIndex: number,
  writes: { file: string; change: "append" | "replace" | "remove"; text: string }[],
): JournalEntry {
  const common = {
    phase: "log",
    callIndex: 0,
    actor: "model",
    name: "W",
    arguments: [],
    status: "ok",
    result: "",
  } as const;
  return { kind: "operation", stepIndex, ...common, arguments: [], writes };
}

function filesAfter(entries: readonly JournalEntry[]): Record<string, string> {
  const files: FilesByName = new Map();
  for (const entry of entries) applyEntry(files, entry);
  return Object.fromEntries(files);
}

describe("files from the journal", () => {
  const appended = operation(1, [{ file: "a", change: "append", text: "\nz" }]);
  const changed = operation(2, [
    { file: "b", change: "remove", text: "" },
    { file: "c", change: "replace", text: "new" },
  ]);

  test("are the start files with every change applied in order", () => {
    expect(filesAfter([])).toEqual({});
    expect(filesAfter([start])).toEqual({ a: "x", b: "y" });
    expect(filesAfter([start, appended])).toEqual({ a: "x\nz", b: "y" });
    expect(filesAfter([start, appended, changed])).toEqual({ a: "x\nz", c: "new" });
  });

  test("begin anew with an episode", () => {
    expect(filesAfter([start, changed, start])).toEqual({ a: "x", b: "y" });
  });
});
