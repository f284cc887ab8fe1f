import { describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../src/core/journal.ts";
import { applyWrites, memoryAtStep } from "../../src/memory/changes.ts";

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

describe("changes", () => {
  test("the files at a step are the start files and every change up to its end", () => {
    const entries = [
      start,
      operation(1, [{ file: "a", change: "append", text: "\nz" }]),
      operation(2, [
        { file: "b", change: "remove", text: "" },
        { file: "c", change: "replace", text: "new" },
      ]),
    ];
    expect(Object.fromEntries(memoryAtStep(entries, 0))).toEqual({ a: "x", b: "y" });
    expect(Object.fromEntries(memoryAtStep(entries, 1))).toEqual({ a: "x\nz", b: "y" });
    expect(Object.fromEntries(memoryAtStep(entries))).toEqual({ a: "x\nz", c: "new" });
    expect(memoryAtStep([]).size).toBe(0);
  });

  test("the files given are left as they are", () => {
    const files = new Map([["a", "x"]]);
    applyWrites(files, { writes: [{ file: "a", change: "append", text: "y" }] });
    expect(files.get("a")).toBe("x");
  });
});
