import { describe, expect, test } from "bun:test";
import { seedBlocks } from "../../../src/campaign/gate/gate.ts";

describe("blocks of a seed", () => {
  test("are means over the tasks, in the order of the seeds", () => {
    const blocks = seedBlocks([
      { task: "maze", seed: 7, candidate: 1, incumbent: 0 },
      { task: "quest", seed: 7, candidate: 0, incumbent: 0 },
      { task: "quest", seed: 3, candidate: 1, incumbent: 1 },
      { task: "maze", seed: 3, candidate: 1, incumbent: 0 },
    ]);
    expect(blocks).toEqual([
      { key: "seed 7", candidate: 0.5, incumbent: 0 },
      { key: "seed 3", candidate: 1, incumbent: 0.5 },
    ]);
  });

  test("lack an arm that lacks any task", () => {
    expect(
      seedBlocks([
        { task: "maze", seed: 7, candidate: undefined, incumbent: 0 },
        { task: "quest", seed: 7, candidate: 1, incumbent: 1 },
      ]),
    ).toEqual([{ key: "seed 7", candidate: undefined, incumbent: 0.5 }]);
  });

  test("refuse a task given twice and seeds with different tasks", () => {
    const maze = { task: "maze", seed: 7, candidate: 1, incumbent: 0 };
    expect(() => seedBlocks([maze, maze])).toThrow(RangeError);
    expect(() => seedBlocks([maze, { ...maze, task: "quest" }, { ...maze, seed: 3 }])).toThrow(
      "Seed 3 was given 1 episodes; each of 2 tasks has one.",
    );
  });

  test("of nothing are nothing", () => {
    expect(seedBlocks([])).toEqual([]);
  });
});
