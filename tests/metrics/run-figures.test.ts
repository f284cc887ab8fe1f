/** Figures over several episodes: sums, and the ratios of the sums. */
import { describe, expect, test } from "bun:test";
import type { JournalEntry } from "../../src/core/journal.ts";
import { EpisodeCounter } from "../../src/metrics/episode-counter.ts";
import type { EpisodeFigures } from "../../src/metrics/figures.ts";
import { addTimes, runFigures } from "../../src/metrics/run-figures.ts";

const operation = {
  kind: "operation" as const,
  stepIndex: 0,
  callIndex: 0,
  actor: "model" as const,
  arguments: [],
  result: "",
};
const append = (text: string): JournalEntry => ({
  ...operation,
  phase: "log",
  name: "APPEND",
  status: "ok",
  writes: [{ file: "a", change: "append", text }],
});
const search = (status: "ok" | "empty" | "refused"): JournalEntry => ({
  ...operation,
  phase: "plan",
  name: "SEARCH",
  status,
});
const slip = (phase: "log" | "plan", failure: string): JournalEntry => ({
  ...operation,
  phase,
  name: "",
  status: "malformed",
  failure,
});
const call = (content: string, usage: { promptTokens?: number; cachedTokens?: number }): JournalEntry => ({
  kind: "call",
  stepIndex: 0,
  phase: "plan",
  callIndex: 0,
  speaker: "base",
  added: [{ role: "user", content }],
  fresh: true,
  reply: "",
  finishReason: "stop",
  usage,
});
const seen = (long: string): JournalEntry => ({
  kind: "observation",
  stepIndex: 0,
  observation: { long, short: "" },
  progress: 0,
  info: {},
});
const action = (fallback: boolean): JournalEntry => ({
  kind: "action",
  stepIndex: 0,
  raw: "",
  action: "x",
  fallback,
  rejections: [],
});

function figuresOf(...entries: JournalEntry[]): EpisodeFigures {
  const counter = new EpisodeCounter();
  for (const entry of entries) counter.add(entry);
  return counter.figures();
}

describe("figures of a run", () => {
  const first = figuresOf(
    seen("1"),
    call("0123456789", { promptTokens: 4, cachedTokens: 1 }),
    slip("plan", "no-operation"),
    slip("log", "unclosed"),
    append("one\n"),
    append("one\n"),
    append("two\n"),
    search("ok"),
    search("empty"),
    search("refused"),
    action(true),
    seen("1"),
  );
  const second = figuresOf(
    seen("1"),
    call("01", { promptTokens: 1 }),
    call("0123", {}),
    slip("plan", "no-operation"),
    append("three\n"),
    search("empty"),
    action(false),
    seen("2"),
    action(false),
    seen("3"),
    action(false),
    seen("4"),
  );

  test("add up counts by phase and kind", () => {
    const figures = runFigures([first, second]);
    expect(figures).toMatchObject({ episodes: 2, steps: 4, calls: 3, writes: 4, searches: 3, emptySearches: 2 });
    expect(figures.log).toMatchObject({ calls: 0, operations: { APPEND: 4 }, formatFailures: { unclosed: 1 } });
    expect(figures.plan).toMatchObject({
      calls: 3,
      operations: { SEARCH: 4 },
      refused: { SEARCH: 1 },
      formatFailures: { "no-operation": 2 },
    });
  });

  test("take shares and ratios of the sums, not means of the episodes' own", () => {
    expect(runFigures([first, second])).toMatchObject({
      writeSearchRatio: 4 / 3,
      emptySearchShare: 2 / 3,
      redundantShare: 1 / 4,
      growthPerStep: (4 + 4 + 4 + 6) / 4,
      contextCharactersPerCall: (10 + 2 + 4) / 3,
      formatFailures: 3,
      formatFailuresPerCall: 1,
      unproductiveShare: 1 / 4,
      fallbackShare: 1 / 4,
      invalidShare: 0,
    });
    expect(second.formatFailuresPerCall).toBe(1 / 2);
  });

  test("sum tokens where they are known, and say for how many calls they are not", () => {
    expect(runFigures([first, second])).toMatchObject({
      promptTokens: 5,
      cachedTokens: 1,
      generatedTokens: undefined,
      unknownPromptTokens: 1,
      unknownCachedTokens: 2,
      unknownGeneratedTokens: 3,
    });
  });

  test("of no episode are zero, with unknown ratios", () => {
    expect(runFigures([])).toMatchObject({
      episodes: 0,
      writes: 0,
      writeSearchRatio: undefined,
      promptTokens: undefined,
    });
  });
});

test("times add up", () => {
  const times = { steps: 2, modelSeconds: 1, gameSeconds: 0.5, harnessSeconds: 0.25 };
  expect(addTimes([times, times])).toEqual({ steps: 4, modelSeconds: 2, gameSeconds: 1, harnessSeconds: 0.5 });
  expect(addTimes([]).steps).toBe(0);
});
