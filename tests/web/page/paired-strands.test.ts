/** Seeds that went alike. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { strands } from "../../../src/web/page/parts/paired-strands.ts";

test("seeds with the same two scores are one line, and a missing score draws none", () => {
  const episodes = [
    [0, 1],
    [0, 1],
    [0.5, 0.5],
    [null, 1],
    [1, null],
  ].map((scores) => ({ scores }));
  expect(strands(episodes)).toEqual([
    { from: 0, before: 0.5, score: 0.5, seeds: 1 },
    { from: 0, before: 0, score: 1, seeds: 2 },
  ]);
});

test("no pair of neighbouring scores is lost or counted twice", () => {
  const score = fc.constantFrom(0, 0.25, 1, null);
  fc.assert(
    fc.property(fc.array(fc.tuple(score, score, score)), (rows) => {
      const pairs = rows.flatMap(([a, b, c]) => [a !== null && b !== null, b !== null && c !== null]).filter(Boolean);
      const counted = strands(rows.map((scores) => ({ scores }))).reduce((sum, { seeds }) => sum + seeds, 0);
      expect(counted).toBe(pairs.length);
    }),
  );
});
