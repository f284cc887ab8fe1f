/** The history of a line of memory, over traces made for it. */
import { describe, expect, test } from "bun:test";
import { lineHistory } from "../../../src/app/episode/line-history.ts";
import { memoryDifference } from "../../../src/app/episode/memory-difference.ts";
import type { JournalEntry, OperationEntry } from "../../../src/core/journal.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { EpisodeReader } from "../../../src/store/episode-reader.ts";
import { type Segment, segmentStart } from "../../../src/store/segment.ts";

function readerOf(...segments: Segment[]): EpisodeReader {
  return new EpisodeReader({
    count: () => segments.length,
    segmentOf: (step) => Math.floor(step / 256),
    blobOf: () => undefined,
    load: async (index) => segments[index],
  });
}

function operation(stepIndex: number, name: string, more: Partial<OperationEntry>): OperationEntry {
  return {
    kind: "operation",
    stepIndex,
    phase: "log",
    callIndex: 0,
    actor: "model",
    name,
    arguments: [],
    status: "ok",
    result: "",
    ...more,
  };
}

function call(stepIndex: number, content: string): JournalEntry {
  return {
    kind: "call",
    stepIndex,
    phase: "plan",
    callIndex: 0,
    speaker: "base",
    added: [{ role: "user", content }],
    fresh: true,
    reply: "",
    finishReason: "stop",
    usage: {},
  };
}

function action(stepIndex: number, name: string): JournalEntry {
  return { kind: "action", stepIndex, raw: name, action: name, fallback: false, rejections: [] };
}

const write = (text: string) => [{ file: "a.txt", change: "append" as const, text }];

describe("the history of a line", () => {
  const first: Segment = {
    start: segmentStart(0, new Map([["a.txt", ""]])),
    entries: [
      operation(1, "APPEND", { writes: write("tree north\n") }),
      action(1, "up"),
      operation(2, "SEARCH", { phase: "plan", arguments: ["a.txt", "tree"], result: "tree north\nold tree" }),
      action(2, "left"),
      call(3, "Your notes:\ntree north\n"),
      operation(3, "SEARCH", { phase: "plan", arguments: ["a.txt", "house"], result: "tree north of the house" }),
      action(3, "right"),
    ],
  };
  const second: Segment = {
    start: segmentStart(
      1,
      new Map([
        ["a.txt", "tree north\n"],
        ["b.txt", "tree north\n"],
      ]),
    ),
    entries: [
      operation(300, "WRITE", { writes: [{ file: "a.txt", change: "replace", text: "nothing\n" }] }),
      action(300, "down"),
      operation(302, "APPEND", { actor: "scaffold", writes: write("tree north\n") }),
      operation(303, "SEARCH", { arguments: ["b.txt", "tree"], result: "tree north" }),
    ],
  };
  const reader = readerOf(first, second);
  const asked = { file: "a.txt", line: " tree north ", from: 0, patienceMs: 1_000 };

  test("has when it was written, read, shown and removed, and the action that followed", async () => {
    const { events, next } = await lineHistory(reader, systemClock, asked);
    expect(next).toBeUndefined();
    expect(events.map(({ kind, stepIndex, action: followed, actor }) => [kind, stepIndex, followed, actor])).toEqual([
      ["written", 1, "up", "model"],
      ["read", 2, "left", "model"],
      ["shown", 3, "right", "model"],
      ["removed", 300, "down", "model"],
      ["written", 302, undefined, "scaffold"],
    ]);
  });

  test("goes on where it stopped when the time is over", async () => {
    const { events, next } = await lineHistory(reader, systemClock, { ...asked, patienceMs: -1 });
    expect(next).toBe(1);
    const rest = await lineHistory(reader, systemClock, { ...asked, from: 1 });
    expect([...events, ...rest.events]).toEqual((await lineHistory(reader, systemClock, asked)).events);
  });
});

describe("memory beside the step before", () => {
  test("names new, removed, changed and equal files, and their lines in order", () => {
    const before = new Map([
      ["gone.txt", "x\n"],
      ["same.txt", "one\ntwo"],
      ["notes.txt", "a\nb\nc\n"],
    ]);
    const after = new Map([
      ["new.txt", ""],
      ["same.txt", "one\ntwo"],
      ["notes.txt", "a\nB\nc\nd\n"],
    ]);
    expect(memoryDifference(before, after)).toEqual([
      { file: "gone.txt", change: "removed", lines: [{ kind: "removed", text: "x" }] },
      { file: "new.txt", change: "new", lines: [] },
      {
        file: "notes.txt",
        change: "changed",
        lines: [
          { kind: "same", text: "a" },
          { kind: "removed", text: "b" },
          { kind: "added", text: "B" },
          { kind: "same", text: "c" },
          { kind: "added", text: "d" },
        ],
      },
      {
        file: "same.txt",
        change: "same",
        lines: [
          { kind: "same", text: "one" },
          { kind: "same", text: "two" },
        ],
      },
    ]);
  });
});
