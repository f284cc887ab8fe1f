import { expect, test } from "bun:test";
import fc from "fast-check";
import { amount, grouped } from "../../src/app/units.ts";

test("thousands stand apart as the browser's own English has them", () => {
  expect([0, 999, 1000, 12_345_678, -1234].map(grouped)).toEqual(["0", "999", "1,000", "12,345,678", "-1,234"]);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (number) => expect(grouped(number)).toBe((number + 0).toLocaleString("en"))),
  );
  fc.assert(fc.property(fc.double(), (number) => expect(grouped(number + 0)).toBe((number + 0).toLocaleString("en"))));
});

test("an amount is written out up to a million", () => {
  expect([0, 12.5, 999_999, 1e6, 12_345_678].map(amount)).toEqual(["0", "12.5", "999,999", "1.0 M", "12.3 M"]);
});
