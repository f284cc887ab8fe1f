/** A time line that grows: what came since is put behind what is there, and is the same as the whole drawn anew. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { columnsOf } from "../../../src/app/timeline/columns.ts";
import { windowOf } from "../../../src/app/timeline/window.ts";
import { segmentStart } from "../../../src/store/segment.ts";
import { joinWindows } from "../../../src/web/page/parts/join-windows.ts";
import { playedEntries } from "../../store/support.ts";

const steps = 200;
const entries = [...playedEntries(steps)];
const start = segmentStart(0, new Map());

/** As drawn when the episode had come to so many steps. */
function windowAt(played: number, { from = 0, every }: { from?: number; every?: number }) {
  const seen = entries.filter((entry) => !("stepIndex" in entry) || entry.stepIndex <= played);
  return windowOf([columnsOf({ start, entries: seen })], {
    fromStep: from,
    toStep: played + 1,
    points: 50,
    stepsPerPoint: every,
  });
}

test("joined ends are the whole, however often and by however much it grew", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.array(fc.nat(60), { maxLength: 3 }), (first, more) => {
      let window = windowAt(first, {});
      const every = window.stepsPerPoint;
      let played = first;
      for (const grown of more) {
        played = Math.min(steps - 1, played + grown);
        const from = (window.points - 1) * every;
        window = joinWindows(window, windowAt(played, { from, every }));
      }
      expect(window).toEqual(windowAt(played, { every }));
    }),
    { numRuns: 40 },
  );
});

test("what does not follow is refused", () => {
  const window = windowAt(20, { every: 2 });
  expect(() => joinWindows(window, windowAt(30, { from: 3, every: 2 }))).toThrow(RangeError);
  expect(() => joinWindows(window, windowAt(30, { from: 4, every: 3 }))).toThrow(RangeError);
  expect(() => joinWindows(window, windowAt(30, { from: 26, every: 2 }))).toThrow(RangeError);
});
