/** Differences of shares as text. */
import { expect, test } from "bun:test";
import { points } from "../../src/core/points.ts";

test("signs what is not nothing", () => {
  expect([0.015, -0.2, 0, -0.0001, 0.0004, 1, undefined].map(points)).toEqual([
    "+1.5",
    "-20.0",
    "0.0",
    "0.0",
    "0.0",
    "+100.0",
    "-",
  ]);
});
