import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import type { JournalEntry } from "../../../src/core/journal.ts";
import { EpisodeCounter } from "../../../src/metrics/episode-counter.ts";
import { InSight, seenBefore } from "../../../src/metrics/trouble/appearances.ts";
import { EpisodeTrouble, troublesKept } from "../../../src/metrics/trouble/trouble.ts";
import { append, operation, type PlayedStep, playedSteps, search, troubleIn, troubleOf } from "./support.ts";

describe("still stretches", () => {
  test("reward above zero or progress beyond the best ends a stretch; the longest come first", () => {
    const won = (reward: number, progress: number): PlayedStep => ({ sees: "x", reward, progress });
    const steps = [
      won(0, 0),
      won(0, 0),
      won(1, 0),
      won(0, 0),
      won(0, 0),
      won(0, 0),
      won(0, 0.5),
      won(-1, 0.5),
      won(0, 0.2),
      won(0, 0.5),
    ];
    const trouble = troubleOf(steps);
    expect(trouble.stillStretches).toEqual([
      { fromStep: 3, toStep: 5 },
      { fromStep: 7, toStep: 9 },
      { fromStep: 0, toStep: 1 },
    ]);
    expect(trouble.counts.stillSteps).toBe(8);
  });

  test("one step is no stretch, and ten stretches are kept", () => {
    const steps = Array.from({ length: 60 }, (_, step) => ({ sees: "x", reward: step % 4 === 3 ? 1 : 0 }));
    expect(troubleOf(steps).stillStretches).toHaveLength(10);
    const alternating = Array.from({ length: 9 }, (_, step) => ({ sees: "x", reward: step % 2 }));
    expect(troubleOf(alternating).stillStretches).toEqual([]);
  });
});

describe("unused files", () => {
  const files = { "a.txt": "alpha\n", "b.txt": "beta\n", "c.txt": "gamma\n", "d.txt": "" };

  test("a file read, searched without a match, or shown whole in a prompt is used; one counted or written is not", () => {
    const steps: PlayedStep[] = [
      { sees: "x", plan: [operation("READ", ["a.txt"]), search("b.txt", "zeta")] },
      { sees: "x", prompt: "Notes:\ngamma\nGo.", plan: [operation("COUNT", ["d.txt"])], log: [append("e.txt", "new")] },
    ];
    expect(troubleOf(steps, { files }).unusedFiles).toEqual(["d.txt", "e.txt"]);
  });

  test("a refused read is no use, and a file that was removed is no file", () => {
    const removal = operation("WIPE", ["b.txt"], { writes: [{ file: "b.txt", change: "remove", text: "" }] });
    const steps: PlayedStep[] = [
      { sees: "x", plan: [operation("READ", ["a.txt"], { status: "refused" })], log: [removal] },
    ];
    expect(troubleOf(steps, { files }).unusedFiles).toEqual(["a.txt", "c.txt", "d.txt"]);
  });

  test("a scaffold's own look-up that names a file uses it", () => {
    expect(
      troubleOf([{ sees: "x", plan: [operation("RECALL", ["a.txt", "3"])] }], { files }).unusedFiles,
    ).not.toContain("a.txt");
  });
});

describe("redundant writes", () => {
  test("a line that stands in any file, in other case and spacing, is told with its step and file", () => {
    const steps: PlayedStep[] = [
      { sees: "x", log: [append("a.txt", "Tree at 3")] },
      { sees: "x", log: [append("b.txt", "tree  at 3"), append("b.txt", "tree at 4")] },
    ];
    const trouble = troubleOf(steps);
    expect(trouble.redundantWrites).toEqual([{ step: 1, file: "b.txt", line: "tree at 3" }]);
    expect(trouble.counts.redundantWrites).toBe(1);
  });

  test("as many are counted as the episode's figures have, and the first 50 are listed", () => {
    const steps = Array.from({ length: 70 }, () => ({
      sees: "x",
      log: [append("a.txt", "same"), append("b.txt", "same")],
    }));
    const entries = [...playedSteps(steps)];
    const counter = new EpisodeCounter();
    for (const entry of entries) counter.add(entry);
    const trouble = troubleIn(entries);
    expect(trouble.counts.redundantWrites).toBe(139);
    expect(trouble.counts.redundantWrites).toBe(counter.figures().redundantLines);
    expect(trouble.redundantWrites).toHaveLength(troublesKept);
  });
});

describe("any episode", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom("Say the word of Bo?", "Bo: my word is tin.", "You need tin."),
  );
  const anyOperation = fc.oneof(
    fc.tuple(text, text).map(([file, keyword]) => search(file, keyword)),
    fc.tuple(fc.constantFrom("a", "__proto__", "b"), text).map(([file, written]) => append(file, written)),
  );
  const step = fc.record({
    sees: text,
    log: fc.array(anyOperation, { maxLength: 3 }),
    plan: fc.array(anyOperation, { maxLength: 3 }),
    prompt: text,
  });

  test("gives trouble that fits its schema, with steps of the episode, seen before they were needed; twice the same", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const entries: JournalEntry[] = [...playedSteps(steps)];
        const trouble = troubleIn(entries);
        expect(v.parse(EpisodeTrouble, JSON.parse(JSON.stringify(trouble)))).toEqual(trouble);
        for (const fact of trouble.lostFacts) {
          expect(fact.seenAtStep).toBeLessThan(fact.step);
          expect(fact.step).toBeLessThan(steps.length);
        }
        expect(troubleIn(entries)).toEqual(trouble);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what was in sight", () => {
  test("runs are counted, and the last one before the present is known", () => {
    const seen = new InSight(10);
    for (const step of [1, 2, 5, 6, 7]) seen.add("tree", step);
    expect(seen.get("tree")).toEqual({ runs: 2, lastStep: 7, endBefore: 2 });
    expect(seenBefore(seen.get("tree"), 7)).toBe(2);
    expect(seenBefore(seen.get("tree"), 8)).toBe(7);
    expect(seenBefore(seen.get("cow"), 8)).toBeUndefined();
  });

  test("the half unseen for longest is forgotten when there is no room", () => {
    const seen = new InSight(4);
    for (const [step, thing] of ["a", "b", "c", "d", "e"].entries()) seen.add(thing, step);
    expect(["a", "b", "c", "d", "e"].filter((thing) => seen.get(thing) !== undefined)).toEqual(["c", "d", "e"]);
  });
});
