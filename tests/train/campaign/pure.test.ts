/** The parts of the loop that are plain functions: which configuration is best, when it is futile, which prompts, which seeds, whose fault. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type AutomemError,
  ConfigError,
  PluginError,
  ProviderError,
  StoreError,
  TrainerError,
} from "../../../src/core/errors.ts";
import type { ChatExample } from "../../../src/core/training.ts";
import { checkTrainSeeds, seedsOfRound } from "../../../src/train/campaign/collection.ts";
import {
  attempted,
  courseOfKeeping,
  courseOfSelection,
  courseOfServing,
  courseOfTraining,
  type FaultCourse,
} from "../../../src/train/campaign/faults.ts";
import { parityPrompts } from "../../../src/train/campaign/parity-prompts.ts";
import { bestOf, isFutile } from "../../../src/train/campaign/progress.ts";

const row = fc.record({
  pass: fc.boolean(),
  estimate: fc.option(fc.integer({ min: -4, max: 4 }), { nil: undefined }),
});

describe("the best configuration", () => {
  test.each([
    [[], undefined],
    [[{ pass: false, estimate: undefined }], 0],
    [
      [
        { pass: true, estimate: 0.1 },
        { pass: true, estimate: 0.2 },
      ],
      1,
    ],
    [
      [
        { pass: true, estimate: 0.2 },
        { pass: true, estimate: 0.2 },
      ],
      0,
    ],
    [
      [
        { pass: false, estimate: 0.9 },
        { pass: true, estimate: 0.1 },
      ],
      1,
    ],
    [
      [
        { pass: false, estimate: undefined },
        { pass: false, estimate: -0.5 },
      ],
      1,
    ],
  ])("of %j is %p", (rows, best) => {
    expect(bestOf(rows)).toBe(best as never);
  });

  test("is never beaten by another, and the first of its equals", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        const best = bestOf(rows)!;
        const value = ({ pass, estimate }: (typeof rows)[number]) => (pass ? 10 : 0) + (estimate ?? -5);
        const highest = Math.max(...rows.map(value));
        expect(rows.findIndex((one) => value(one) === highest)).toBe(best);
      }),
    );
  });
});

describe("it is futile", () => {
  test("exactly if the last trials, as many as the patience, all looked no better", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 8 }), fc.integer({ min: 0, max: 5 }), (looked, patience) => {
        let row = 0;
        for (const better of looked) row = better ? 0 : row + 1;
        expect(isFutile(looked, patience)).toBe(patience > 0 && row >= patience);
      }),
    );
  });
});

describe("seeds of a round", () => {
  test("are all there, and no seed is in two rounds, if the campaign was let begin", () => {
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(size, size, size, (count, seeds, rounds) => {
        const train = Array.from({ length: count }, (_, index) => 1000 + index);
        const settings = { collection: { seeds, samples: 1 }, rounds, gate: { kind: "paper" as const } };
        const slices = Array.from({ length: rounds }, (_, round) => seedsOfRound(train, seeds, round + 1));
        const enough = slices.every((slice) => slice.length === seeds);
        const check = () => checkTrainSeeds(settings, { train, confirm: [] });
        if (enough) expect(check).not.toThrow();
        else expect(check).toThrow(/train seeds need/);
        expect(new Set(slices.flat()).size).toBe(slices.flat().length);
      }),
    );
  });
});

describe("prompts for parity", () => {
  const example = (content: string): ChatExample => ({
    prompt: [{ role: "user", content }],
    completion: [{ role: "assistant", content: "x" }],
  });
  const contents = fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 12 });

  test("are different ones of the dataset, of validation first, and do not depend on its order", () => {
    fc.assert(
      fc.property(contents, contents, fc.integer({ min: 0, max: 20 }), (validation, train, count) => {
        const drawn = parityPrompts(validation.map(example), train.map(example), count);
        const texts = drawn.map(([message]) => message!.content);
        expect(new Set(texts).size).toBe(texts.length);
        expect(texts.length).toBe(Math.min(count, new Set([...validation, ...train]).size));
        const first = texts.slice(0, new Set(validation).size);
        expect(first.every((text) => validation.includes(text))).toBe(true);
        const again = parityPrompts(validation.toReversed().map(example), train.toReversed().map(example), count);
        expect(again).toEqual(drawn);
      }),
    );
  });
});

describe("a fault", () => {
  const fault = (Kind: typeof ConfigError, code: string) => new Kind(code, { code });
  const table: [string, (fault: AutomemError) => FaultCourse, AutomemError, FaultCourse][] = [
    ["selection", courseOfSelection, fault(ConfigError, "no-items"), "fails"],
    ["selection", courseOfSelection, fault(TrainerError, "bad-selection"), "fails"],
    ["selection", courseOfSelection, fault(TrainerError, "out-of-turns"), "fails"],
    ["selection", courseOfSelection, fault(TrainerError, "out-of-time"), "fails"],
    ["selection", courseOfSelection, fault(TrainerError, "out-of-tokens"), "fails"],
    ["selection", courseOfSelection, fault(TrainerError, "no-selection"), "halts"],
    ["selection", courseOfSelection, fault(TrainerError, "context-too-small"), "halts"],
    ["selection", courseOfSelection, fault(ProviderError, "rate-limited"), "halts"],
    ["selection", courseOfSelection, fault(StoreError, "missing-blob"), "halts"],
    ["training", courseOfTraining, fault(TrainerError, "out-of-memory"), "fails"],
    ["training", courseOfTraining, fault(TrainerError, "trainer-lost"), "again"],
    ["training", courseOfTraining, fault(TrainerError, "worker-lost"), "again"],
    ["training", courseOfTraining, fault(TrainerError, "cancelled"), "halts"],
    ["training", courseOfTraining, fault(TrainerError, "bad-base"), "halts"],
    ["training", courseOfTraining, fault(PluginError, "not-installed"), "halts"],
    ["keeping", courseOfKeeping, fault(ConfigError, "adapter-differs"), "fails"],
    ["keeping", courseOfKeeping, fault(StoreError, "no-space"), "halts"],
    ["serving", courseOfServing, fault(ProviderError, "adapter-unverified"), "fails"],
    ["serving", courseOfServing, fault(ProviderError, "refused"), "fails"],
    ["serving", courseOfServing, fault(ProviderError, "unreachable"), "halts"],
    ["serving", courseOfServing, fault(ConfigError, "no-adapters"), "halts"],
    ["serving", courseOfServing, fault(TrainerError, "trainer-lost"), "again"],
  ];
  for (const [stage, course, met, expected] of table) {
    test(`of ${stage}, ${met.name} ${met.code}: ${expected}`, () => {
      expect(course(met)).toBe(expected);
    });
  }

  test("that is met after a stop is thrown as it is, whatever it is", async () => {
    const stop = new AbortController();
    const met = fault(TrainerError, "out-of-memory");
    const work = attempted({ stage: "training", course: courseOfTraining, signal: stop.signal }, async () => {
      stop.abort();
      throw met;
    });
    await expect(work).rejects.toBe(met);
  });
});
