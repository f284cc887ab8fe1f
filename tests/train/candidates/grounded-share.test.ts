/** How much of what was said had been seen. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { groundedShare } from "../../../src/train/candidates/grounded-share.ts";

const told = ["The potter says: my password is pearl mouse.", "Step 1 of 14."];

test("counts different words, in any case and between any signs", () => {
  expect(groundedShare(["potter: pearl mouse"], told)).toBe(1);
  expect(groundedShare(["Potter|PEARL-mouse", "mouse"], told)).toBe(1);
  expect(groundedShare(["king: pearl mouse"], told)).toBeCloseTo(2 / 3);
  expect(groundedShare(["pot"], told)).toBe(0);
});

test("nothing said is grounded", () => {
  expect(groundedShare([], told)).toBe(1);
  expect(groundedShare(["", " .:"], [])).toBe(1);
});

test("is a share, 1 for what is copied whole, and 0 where nothing was seen", () => {
  const text = fc.stringMatching(/^[a-z0-9]{1,5}( [a-z0-9]{1,5}){0,4}$/);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), fc.array(text), (said, seen) => {
      const share = groundedShare(said, seen);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(groundedShare(said, [...seen, ...said])).toBe(1);
      expect(groundedShare(said, [])).toBe(0);
    }),
  );
});
