/** Where two episodes part, over traces made for it. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { differenceKinds, firstDifferences } from "../../../src/app/side/first-differences.ts";
import type { JournalEntry } from "../../../src/core/journal.ts";
import { type Clock, systemClock } from "../../../src/platform/clock.ts";
import { EpisodeReader } from "../../../src/store/episode-reader.ts";
import { type Segment, segmentStart, stepsPerSegment } from "../../../src/store/segment.ts";

/** What one step shows, writes and does. */
interface Played {
  seen: string;
  writes?: string | undefined;
  done?: string | undefined;
}

function entriesOf(stepIndex: number, { seen, writes, done }: Played): JournalEntry[] {
  const entries: JournalEntry[] = [
    {
      kind: "observation",
      stepIndex,
      observation: { long: seen, short: "" },
      progress: 0,
      info: {},
      terminated: false,
      truncated: false,
    } as unknown as JournalEntry,
  ];
  if (writes !== undefined) {
    entries.push({
      kind: "operation",
      stepIndex,
      phase: "log",
      callIndex: 0,
      actor: "model",
      name: "WRITE",
      arguments: ["a.txt"],
      status: "ok",
      result: "",
      writes: [{ file: "a.txt", change: "write", text: writes }],
    } as unknown as JournalEntry);
  }
  if (done !== undefined)
    entries.push({ kind: "action", stepIndex, raw: done, action: done, fallback: false, rejections: [] });
  return entries;
}

function readerOf(steps: readonly Played[], atStart = ""): EpisodeReader {
  const segments: Segment[] = [];
  let text = atStart;
  for (let first = 0; first < steps.length; first += stepsPerSegment) {
    const own = steps.slice(first, first + stepsPerSegment);
    segments.push({
      start: segmentStart(first / stepsPerSegment, new Map([["a.txt", text]])),
      entries: own.flatMap((step, index) => entriesOf(first + index, step)),
    });
    for (const { writes } of own) text = writes ?? text;
  }
  return new EpisodeReader({
    count: () => segments.length,
    segmentOf: (step) => Math.floor(step / stepsPerSegment),
    blobOf: () => undefined,
    load: async (index) => segments[index],
  });
}

const calm = (count: number): Played[] => Array.from({ length: count }, (_, step) => ({ seen: `${step}`, done: "on" }));
const plan = { from: 0, patienceMs: 10_000, wanted: differenceKinds };
/** Each look at it is later by a second. */
function hurried(): Clock {
  let now = 0;
  return { ...systemClock, monotonicMs: () => (now += 1_000) };
}

describe("two episodes part", () => {
  test("nowhere if they are the same, however much longer one went on", async () => {
    expect(await firstDifferences(readerOf(calm(300)), readerOf(calm(700)), systemClock, plan)).toEqual({
      found: {},
      next: undefined,
      again: 1,
    });
  });

  test("at the first step of each kind", async () => {
    const other = calm(600);
    other[3]!.writes = "north";
    other[4]!.done = "back";
    other[400]!.seen = "elsewhere";
    other[401]!.seen = "further";
    expect((await firstDifferences(readerOf(calm(600)), readerOf(other), systemClock, plan)).found).toEqual({
      memory: 3,
      action: 4,
      observation: 400,
    });
  });

  test("in memory at step 0 if they begin with other files, and not because the same was written at another time", async () => {
    const seeded = await firstDifferences(readerOf(calm(3), "seed"), readerOf(calm(3)), systemClock, plan);
    expect(seeded.found).toEqual({ memory: 0 });
    const [early, late] = [calm(9), calm(9)];
    early[2]!.writes = "x";
    late[5]!.writes = "x";
    expect((await firstDifferences(readerOf(early), readerOf(late), systemClock, plan)).found).toEqual({ memory: 2 });
    expect(
      (await firstDifferences(readerOf(early), readerOf(late), systemClock, { ...plan, wanted: [] })).found,
    ).toEqual({});
  });

  test("not in a step that is under way in one of them", async () => {
    const underWay = calm(5);
    underWay[4] = { seen: "4", writes: "half", done: undefined };
    expect((await firstDifferences(readerOf(calm(5)), readerOf(underWay), systemClock, plan)).found).toEqual({});
  });

  test("a part at a time, going on where the time was over", async () => {
    const other = calm(1_000);
    other[900]!.done = "back";
    const [left, right] = [readerOf(calm(1_000)), readerOf(other)];
    const asked: number[] = [];
    let found = {};
    for (let from: number | undefined = 0; from !== undefined; ) {
      asked.push(from);
      const answer = await firstDifferences(left, right, hurried(), { from, patienceMs: 1, wanted: ["action"] });
      found = { ...found, ...answer.found };
      from = answer.next;
    }
    expect(asked).toEqual([0, 1, 2, 3]);
    expect(found).toEqual({ action: 900 });
  });

  test("of episodes under way: from where the last look ended, once they have gone on", async () => {
    const [one, other] = [calm(600), calm(600)];
    other[300]!.done = "back";
    const at = (steps: number, from: number) =>
      firstDifferences(readerOf(one), readerOf(other.slice(0, steps)), systemClock, { ...plan, from });
    const early = await at(255, 0);
    expect(early).toEqual({ found: {}, next: undefined, again: 0 });
    const later = await at(290, early.again);
    expect(later).toEqual({ found: {}, next: undefined, again: 1 });
    expect((await at(301, later.again)).found).toEqual({ action: 300 });
  });

  test("where a plain look at all steps finds it", async () => {
    const text = fc.constantFrom("a", "b");
    const step = fc.record({ seen: text, writes: fc.option(text, { nil: undefined, freq: 2 }), done: text });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), async (one, other) => {
        const { found } = await firstDifferences(readerOf(one), readerOf(other), systemClock, plan);
        const both = Math.min(one.length, other.length);
        const held = (steps: readonly Played[], at: number) =>
          steps.slice(0, at + 1).findLast(({ writes }) => writes !== undefined)?.writes ?? "";
        const first = (differs: (at: number) => boolean) => {
          const at = Array.from({ length: both }, (_, step) => step).findIndex(differs);
          return at < 0 ? undefined : at;
        };
        expect(found.action).toBe(first((at) => one[at]!.done !== other[at]!.done));
        expect(found.observation).toBe(first((at) => one[at]!.seen !== other[at]!.seen));
        expect(found.memory).toBe(first((at) => held(one, at) !== held(other, at)));
      }),
    );
  });
});
