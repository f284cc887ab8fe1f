/** A segment read as it is looked at gives what a segment read at once gives, in whatever order one looks. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { CallEntry, type JournalEntry } from "../../src/core/journal.ts";
import { applyEntry, type FilesByName } from "../../src/core/journal-files.ts";
import { decodeSegment, segmentOf, segmentStart } from "../../src/store/segment.ts";
import { entriesOfStep, filesAtStep, SteppedSegment } from "../../src/store/segment-steps.ts";
import { TraceEncoder } from "../../src/store/text-table.ts";
import { playedEntries } from "./support.ts";

/** Lines of one segment of an episode of 300 steps. */
function linesOf(wanted: number): string[] {
  const files: FilesByName = new Map();
  const encoder = new TraceEncoder();
  const texts: string[] = [];
  let present = 0;
  for (const entry of playedEntries(300)) {
    present = segmentOf(entry, present);
    if (present === wanted) {
      if (texts.length === 0) texts.push(encoder.encode(segmentStart(wanted, files)));
      texts.push(encoder.encode(entry));
    }
    applyEntry(files, entry);
  }
  return texts;
}

describe("a segment that is read as it is looked at", () => {
  test("gives of every step the entries and the memory folder of one that is read at once", () => {
    for (const wanted of [0, 1]) {
      const texts = linesOf(wanted);
      const whole = decodeSegment(texts, "whole");
      const look = fc.tuple(fc.constantFrom("entries", "files", "all"), fc.integer({ min: -1, max: 302 }));
      fc.assert(
        fc.property(fc.array(look, { minLength: 1, maxLength: 8 }), (looks) => {
          const stepped = new SteppedSegment(texts, "stepped");
          expect(stepped.start).toEqual(whole.start);
          for (const [what, step] of looks) {
            if (what === "entries") expect(entriesOfStep(stepped, step)).toEqual(entriesOfStep(whole, step));
            else if (what === "files") expect([...filesAtStep(stepped, step)]).toEqual([...filesAtStep(whole, step)]);
            else expect(stepped.entries).toEqual(whole.entries);
          }
        }),
        { numRuns: 15 },
      );
    }
  });

  test("gives the wanted fields of the wanted kinds, in order", () => {
    const texts = linesOf(1);
    const parts = [
      ...new SteppedSegment(texts, "stepped").parts(new Map([["call", v.pick(CallEntry, ["stepIndex", "reply"])]])),
    ];
    const calls = decodeSegment(texts, "whole").entries.filter((entry) => entry.kind === "call");
    expect(parts).toEqual(calls.map(({ stepIndex, reply }) => ({ stepIndex, reply })));
    expect(parts.length).toBeGreaterThan(44);
  });

  test("says of a line that is no entry which one it is, whenever it is come to, and gives steps before it", () => {
    const texts = linesOf(1);
    const whole = decodeSegment(texts, "whole");
    const bad = whole.entries.findIndex((entry: JournalEntry) => entry.kind === "action" && entry.stepIndex === 280);
    const spoilt = texts.with(bad + 1, '{"kind":"action","stepIndex":280}');
    for (const look of [
      (segment: SteppedSegment) => segment.entries,
      (segment: SteppedSegment) => segment.entriesOf(280),
    ]) {
      const stepped = new SteppedSegment(spoilt, "spoilt");
      expect(stepped.entriesOf(279)).toEqual(entriesOfStep(whole, 279));
      expect(() => look(stepped)).toThrow(`line ${bad + 2} is not an entry`);
      expect(() => look(stepped)).toThrow(`line ${bad + 2} is not an entry`);
    }
    const torn = new SteppedSegment(texts.with(bad + 1, '{"kind":"act'), "torn");
    expect(torn.entriesOf(279)).toEqual(entriesOfStep(whole, 279));
    for (let twice = 0; twice < 2; twice++) expect(() => torn.entriesOf(281)).toThrow("is not JSON");
    expect(() => new SteppedSegment([], "empty")).toThrow("empty");
  });
});
