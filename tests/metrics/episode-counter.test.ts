import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { JournalEntry, OperationEntry } from "../../src/core/journal.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";
import { EpisodeFigures } from "../../src/metrics/figures.ts";

function figuresOf(entries: readonly JournalEntry[]): EpisodeFigures {
  const counter = new EpisodeCounter();
  for (const entry of entries) counter.add(entry);
  return v.parse(EpisodeFigures, JSON.parse(JSON.stringify(counter.figures())));
}

function start(files: Record<string, string> = {}): JournalEntry {
  const scaffold = { name: "s", version: "1.0.0", hash: "0".repeat(64) };
  return {
    kind: "episode-start",
    task: "t",
    seed: 1,
    gameOptions: {},
    instruction: "",
    actions: [],
    defaultAction: "x",
    maxSteps: 9,
    scaffold,
    files,
  };
}

/** Observations in order, the first of step 0. */
function seen(...texts: string[]): JournalEntry[] {
  return texts.map((long, stepIndex) => {
    const transition = { reward: 0, terminated: false, truncated: false, valid: long !== "bad", executed: "x" };
    return {
      kind: "observation",
      stepIndex,
      observation: { long, short: "" },
      progress: 0,
      info: {},
      ...(stepIndex > 0 && { transition }),
    };
  });
}

function operation(name: string, changes: Partial<OperationEntry> = {}): OperationEntry {
  return {
    kind: "operation",
    stepIndex: 0,
    phase: "log",
    callIndex: 0,
    actor: "model",
    name,
    arguments: [],
    status: "ok",
    result: "",
    ...changes,
  };
}

function written(name: string, file: string, change: "append" | "replace", text: string): OperationEntry {
  return operation(name, { writes: [{ file, change, text }] });
}

function call(
  phase: "log" | "plan",
  sent: string,
  changes: Partial<JournalEntry & { kind: "call" }> = {},
): JournalEntry {
  return {
    kind: "call",
    stepIndex: 0,
    phase,
    callIndex: 0,
    speaker: "base",
    added: [{ role: "user", content: sent }],
    fresh: true,
    reply: "12345",
    finishReason: "stop",
    usage: {},
    ...changes,
  };
}

describe("figures of an episode", () => {
  test("operations are counted by phase and name, refused and malformed ones apart", () => {
    const figures = figuresOf([
      operation("APPEND", { writes: [{ file: "a", change: "append", text: "x" }] }),
      operation("APPEND", { status: "refused" }),
      operation("SEARCH", { status: "malformed", failure: "missing-argument" }),
      operation("TAIL", { phase: "plan", failure: "unclosed" }),
      operation("", { phase: "plan", status: "malformed", failure: "no-operation" }),
    ]);
    expect(figures.log).toMatchObject({
      operations: { APPEND: 2 },
      refused: { APPEND: 1 },
      formatFailures: { "missing-argument": 1 },
    });
    expect(figures.plan).toMatchObject({
      operations: { TAIL: 1 },
      refused: {},
      formatFailures: { unclosed: 1, "no-operation": 1 },
    });
  });

  test("calls and tokens are told apart by speaker where a specialist spoke", () => {
    const usage = { promptTokens: 10, cachedTokens: 4, generatedTokens: 2 };
    const alone = [call("plan", "ab", { usage }), call("log", "c", { usage })];
    expect(figuresOf(alone)).not.toHaveProperty("speakers");
    const figures = figuresOf([...alone, call("log", "d", { speaker: "specialist", usage: { promptTokens: 7 } })]);
    expect(figures.speakers).toEqual({
      base: { calls: 2, promptTokens: 20, cachedTokens: 8, generatedTokens: 4 },
      specialist: { calls: 1, promptTokens: 7 },
    });
  });

  test("the context of a call holds what was kept of the specialist's reply", () => {
    const figures = figuresOf([
      call("plan", "ab", { speaker: "specialist", reply: "12345", kept: "123" }),
      call("plan", "c", { callIndex: 1, fresh: false }),
    ]);
    expect(figures.plan.contextCharacters).toBe(2 + (2 + 3 + 1));
  });

  test("writes, searches and their ratio count what ran, by the model; a scaffold's own operation that writes is a write", () => {
    const figures = figuresOf([
      written("APPEND", "a", "append", "one\n"),
      written("WRITE", "a", "replace", "two\n"),
      written("CREATE", "b", "replace", ""),
      written("UPSERT_MAP", "map", "replace", "1,1: door\n"),
      operation("APPEND", { status: "refused" }),
      operation("APPEND", { actor: "scaffold", writes: [{ file: "c", change: "append", text: "s" }] }),
      operation("READ"),
      operation("TAIL", { status: "empty" }),
      operation("COUNT", { phase: "plan" }),
      operation("SEARCH", { phase: "plan" }),
      operation("SEARCH", { phase: "plan", status: "empty" }),
      operation("SEARCH", { phase: "plan", status: "refused" }),
      operation("DONE"),
    ]);
    expect(figures).toMatchObject({
      writes: 4,
      searches: 5,
      writeSearchRatio: 0.8,
      scaffoldWrites: 1,
      emptySearches: 1,
      emptySearchShare: 0.5,
    });
  });

  test("growth is characters a step, from the seeded files to the last ones", () => {
    const figures = figuresOf([
      start({ "a.md": "0123456789" }),
      ...seen("1", "2"),
      written("APPEND", "a.md", "append", "abcd"),
      ...seen("3", "4").slice(1),
      written("WRITE", "b.md", "replace", "12345678"),
      operation("X", { writes: [{ file: "a.md", change: "remove", text: "" }] }),
    ]);
    expect(figures).toMatchObject({ steps: 2, seededCharacters: 10, finalCharacters: 8, growthPerStep: -1 });
  });

  test("a written line is redundant if it stands in memory, however spaced and in whatever case", () => {
    const figures = figuresOf([
      start({ "a.md": "Tree at  3,4\n\nwater" }),
      written("APPEND", "b.md", "append", "tree at 3,4 \nnew line\n\n"),
      // Goes on the line "water", so that it stands there no more.
      written("APPEND", "a.md", "append", "fall\n"),
      written("APPEND", "b.md", "append", "water\nwaterfall\n"),
      written("WRITE", "b.md", "replace", "all new"),
      written("APPEND", "c.md", "append", "new line"),
    ]);
    expect(figures).toMatchObject({ writtenLines: 7, redundantLines: 2, redundantShare: 2 / 7 });
  });

  test("of a scaffold's operation only the lines that changed in the file count as written", () => {
    const map = "1,1: door\n2,2: wall\n";
    const figures = figuresOf([
      start({ map }),
      written("UPSERT_MAP", "map", "replace", `${map}3,3: stairs\n`),
      written("UPSERT_MAP", "map", "replace", `${map}3,3: stairs\n`),
    ]);
    expect(figures).toMatchObject({ writtenLines: 2, redundantLines: 1 });
  });

  test("characters sent per call follow the conversation, and begin anew where it does", () => {
    const figures = figuresOf([
      call("plan", "0123456789"),
      call("plan", "abc", { fresh: false }),
      call("plan", "0123", { callIndex: 2 }),
      call("log", "01"),
    ]);
    expect(figures.plan).toMatchObject({ calls: 3, contextCharacters: 10 + 18 + 4, largestContextCharacters: 18 });
    expect(figures.contextCharactersPerCall).toBe(34 / 4);
  });

  test("tokens are summed where the server says them, and the calls where it does not are counted", () => {
    const figures = figuresOf([
      call("plan", "", { usage: { promptTokens: 10, generatedTokens: 0 }, finishReason: "length" }),
      call("plan", "", { usage: { promptTokens: 5, cachedTokens: 4 } }),
      call("log", ""),
    ]);
    expect(figures.plan).toMatchObject({
      promptTokens: 15,
      cachedTokens: 4,
      generatedTokens: 0,
      unknownPromptTokens: 0,
      unknownCachedTokens: 1,
      unknownGeneratedTokens: 1,
      cutReplies: 1,
    });
    expect(figures.log.promptTokens).toBeUndefined();
    expect(figures.log.unknownPromptTokens).toBe(1);
  });

  test.each([
    ["A A A", 2, 0],
    ["A B C", 0, 0],
    ["A B A", 0, 0],
    ["A B A B", 0, 3],
    ["A B A B A", 0, 4],
    ["A B A B B A B", 1, 3],
    ["A B A B C B C B", 0, 7],
    ["A B A C A B A", 0, 0],
  ])("moves %s: %d unchanged, %d in a back-and-forth", (texts, unchanged, oscillating) => {
    const figures = figuresOf(seen(...texts.split(" ")));
    expect([figures.unchangedActions, figures.oscillatingActions]).toEqual([unchanged, oscillating]);
    expect(figures.unproductiveShare).toBeCloseTo((unchanged + oscillating) / (texts.split(" ").length - 1));
  });

  test("invalid, rejected and fallback actions are counted", () => {
    const action = (fallback: boolean, rejected: number): JournalEntry => {
      const rejections = Array.from({ length: rejected }, () => ({ action: "x", reason: "no" }));
      return { kind: "action", stepIndex: 0, raw: "", action: "x", fallback, rejections };
    };
    const figures = figuresOf([...seen("1", "bad", "2", "3"), action(true, 2), action(false, 1), action(false, 0)]);
    expect(figures).toMatchObject({
      actions: 3,
      invalidActions: 1,
      fallbackActions: 1,
      fallbackShare: 1 / 3,
      rejectedActions: 3,
    });
  });

  test("shares of nothing are absent", () => {
    const figures = figuresOf([start()]);
    const shares = [
      "writeSearchRatio",
      "emptySearchShare",
      "redundantShare",
      "growthPerStep",
      "contextCharactersPerCall",
      "fallbackShare",
      "unproductiveShare",
    ];
    for (const name of shares) expect(name in figures).toBe(false);
  });

  test("ends of phases are counted by reason", () => {
    const figures = figuresOf([
      { kind: "phase-end", stepIndex: 0, phase: "plan", reason: "action" },
      { kind: "phase-end", stepIndex: 1, phase: "plan", reason: "action" },
      { kind: "phase-end", stepIndex: 1, phase: "log", reason: "call-limit" },
    ]);
    expect([figures.plan.ends, figures.log.ends]).toEqual([{ action: 2 }, { "call-limit": 1 }]);
  });
});
